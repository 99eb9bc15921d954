using Inference.Server.Errors;

namespace Inference.Server.Streaming;

/// <summary>Ends choices that take longer than a request may.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly ITimer? _timer;
    private volatile bool _isOver;

    /// <summary>Begins to count.</summary>
    /// <param name="limit">Null for none.</param>
    /// <param name="choices">Cancelled when the limit is over.</param>
    /// <param name="time">The clock.</param>
    public TimeLimit(TimeSpan? limit, ChoiceSet choices, TimeProvider time)
    {
        if (limit is { } span)
        {
            _timer = time.CreateTimer(_ => Expire(choices), null, span, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Awaits an answer.</summary>
    /// <exception cref="ApiException">504 in place of what a cancelled choice throws.</exception>
    public async Task RunAsync(Task answer)
    {
        try
        {
            await answer;
        }
        catch (ApiException exception) when (_isOver)
        {
            throw Explain(exception);
        }
    }

    /// <summary>What a failure is to be called: the limit's, if it was over.</summary>
    public Exception Explain(Exception exception) => _isOver && exception is ApiException ? ApiErrors.TimedOut() : exception;

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Expire(ChoiceSet choices)
    {
        _isOver = true;
        choices.Cancel();
    }
}

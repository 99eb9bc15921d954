using Inference.Server.Options;
using Inference.Server.Serving;

namespace Inference.Server.Batches;

/// <summary>
/// Lets lines of batches in while fewer requests than the option says are there, those that people wait for included: what those leave is
/// what batches get, under every policy. One that is in stays in to its end.
/// </summary>
internal sealed class BatchGate(ModelRegistry models, ServerOptions options, TimeProvider time) : IDisposable
{
    // How soon lines follow when others have left.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _turn = new(1);
    private int _inside;

    /// <summary>Waits until a line may run.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        // One looks at a time, and so nobody enters on what another has seen.
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (!HasRoom())
            {
                await Task.Delay(LookInterval, time, cancellationToken);
            }

            Interlocked.Increment(ref _inside);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A line has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // The engines know of a line only when they next schedule.
    private bool HasRoom() => Math.Max(
        Volatile.Read(ref _inside),
        models.All.Sum(model => model.Status is var status ? status.Running + status.Waiting : 0)) < options.BatchConcurrency;
}

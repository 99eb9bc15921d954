using System.Threading.Channels;
using Inference.Engine;
using Inference.Engine.Requests;
using Microsoft.Extensions.Logging;

namespace Inference.Execution.Embeddings;

/// <summary>
/// Embeds the texts of many requests: one loop owns them all and takes a text of each in turn, so that a single text does not wait for
/// another request's thousand. Every member may be called from any thread. Every accepted request ends in exactly one outcome.
/// </summary>
public sealed partial class EmbeddingEngine : IAsyncDisposable
{
    private readonly IEmbeddingModel _model;
    private readonly EmbeddingEngineOptions _options;
    private readonly EmbeddingMetrics _metrics;
    private readonly ExecutionTurns? _turns;
    private readonly TimeProvider _time;
    private readonly ILogger<EmbeddingEngine> _logger;
    private readonly Channel<EmbeddingJob> _waiting;
    private readonly Queue<EmbeddingJob> _running = new();
    private readonly Lazy<Task> _completion;
    private long _waitingTokens;
    private volatile int _runningCount;
    private volatile bool _isClosed;
    private volatile bool _isCancelled;
    private int _isDisposed;

    /// <param name="model">Embeds a text; its creator's to dispose of, after the engine.</param>
    /// <param name="options">How much to take on.</param>
    /// <param name="metrics">Where to report.</param>
    /// <param name="turns">Taken for each text where other executors use the cores, too; else null.</param>
    /// <param name="time">Tells the time of arrivals and limits.</param>
    /// <param name="logger">Texts that failed.</param>
    public EmbeddingEngine(
        IEmbeddingModel model, EmbeddingEngineOptions options, EmbeddingMetrics metrics, ExecutionTurns? turns, TimeProvider time, ILogger<EmbeddingEngine> logger)
    {
        (_model, _options, _metrics, _turns, _time, _logger) = (model, options, metrics, turns, time, logger);
        _waiting = Channel.CreateBounded<EmbeddingJob>(new BoundedChannelOptions(options.MaxQueueLength) { SingleReader = true });
        _completion = new Lazy<Task>(() => Task.Run(RunAsync));
    }

    /// <summary>How full it is; there are no cache blocks.</summary>
    public EngineStatus Status => new(_runningCount, _waiting.Reader.Count, 0, 0);

    /// <summary>Ends when the loop has: after a drain or disposal, or with an exception should the loop itself ever fail. Starts the engine.</summary>
    public Task Completion => _completion.Value;

    /// <summary>Starts the loop. Requests submitted earlier wait for this. Calling it again does nothing.</summary>
    public void Start() => _ = _completion.Value;

    /// <summary>Submits a request.</summary>
    /// <param name="request">Validated and tokenised.</param>
    /// <param name="cancellation">Nobody wants the vectors any more: the rest of the texts is left out.</param>
    /// <param name="outcome">The request's end when it was accepted; it never throws.</param>
    public SubmitOutcome TrySubmit(EmbeddingTexts request, CancellationToken cancellation, out Task<EmbeddingOutcome>? outcome)
    {
        outcome = null;
        var tokens = Interlocked.Add(ref _waitingTokens, request.TokenCount);
        if (tokens > _options.MaxQueuedTokens && tokens > request.TokenCount)
        {
            Interlocked.Add(ref _waitingTokens, -request.TokenCount);
            return SubmitOutcome.QueueFull;
        }

        var job = new EmbeddingJob(request, _time.GetTimestamp(), cancellation);
        if (!_waiting.Writer.TryWrite(job))
        {
            Interlocked.Add(ref _waitingTokens, -request.TokenCount);
            return _isClosed ? SubmitOutcome.Draining : SubmitOutcome.QueueFull;
        }

        outcome = job.Outcome;
        return SubmitOutcome.Accepted;
    }

    /// <summary>Takes no more requests, waits for those there are, and cancels what is left when the limit is over.</summary>
    /// <returns>True when every request ended by itself.</returns>
    public async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Close();
        try
        {
            await Completion.WaitAsync(limit, _time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            _isCancelled = true;
            await Completion.WaitAsync(cancellationToken);
            return false;
        }
    }

    /// <summary>Stops the loop. Requests that have not ended are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        Close();
        _isCancelled = true;

        // A failure of the loop was logged, and is Completion's to report.
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Close()
    {
        _isClosed = true;
        _waiting.Writer.TryComplete();
    }

    private async Task RunAsync()
    {
        try
        {
            while (Admit() || await _waiting.Reader.WaitToReadAsync())
            {
                if (_running.TryDequeue(out var job) && await AdvanceAsync(job) is { } reason)
                {
                    Finish(job, reason);
                }
                else if (job is not null)
                {
                    _running.Enqueue(job);
                }

                Publish();
            }
        }
        catch (Exception exception)
        {
            Log.LoopFailed(_logger, exception);
            throw;
        }
        finally
        {
            Shutdown();
        }
    }

    // Whether there is anything to compute.
    private bool Admit()
    {
        while (_running.Count < _options.MaxRunning && _waiting.Reader.TryRead(out var job))
        {
            Interlocked.Add(ref _waitingTokens, -job.Request.TokenCount);
            _running.Enqueue(job);
        }

        Publish();
        return _running.Count > 0;
    }

    // Embeds the request's next text. Gives the reason when that was its end.
    private async ValueTask<FinishReason?> AdvanceAsync(EmbeddingJob job)
    {
        if (_isCancelled || job.IsCancelled)
        {
            return FinishReason.Cancelled;
        }

        if (job.Done == 0)
        {
            if (_time.GetElapsedTime(job.Arrival) > job.Request.Deadline)
            {
                return FinishReason.Expired;
            }

            _metrics.Started(job);
        }

        try
        {
            using var turn = _turns is null ? null : await _turns.TakeAsync(CancellationToken.None);
            var isLast = job.Add(_model.Embed(job.NextText.Span));
            _metrics.TextDone(job.Request.Texts[job.Done - 1].Length);
            return isLast ? FinishReason.Stop : null;
        }
        catch (Exception exception)
        {
            Log.TextFailed(_logger, job.NextText.Length, exception);
            return FinishReason.Error;
        }
    }

    private void Finish(EmbeddingJob job, FinishReason reason)
    {
        _metrics.Finished(job, reason);
        job.Finish(reason);
    }

    // Nothing is left when the loop has ended by itself.
    private void Shutdown()
    {
        Close();
        while (_running.TryDequeue(out var job) || _waiting.Reader.TryRead(out job))
        {
            Finish(job, FinishReason.Error);
        }

        Publish();
    }

    private void Publish()
    {
        _runningCount = _running.Count;
        _metrics.StatusChanged(Status);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A text of {Tokens} tokens could not be embedded; its request ends with an error.")]
        public static partial void TextFailed(ILogger logger, int tokens, Exception exception);

        [LoggerMessage(2, LogLevel.Critical, "The embedding loop failed; every request ends with an error and no more are taken.")]
        public static partial void LoopFailed(ILogger logger, Exception exception);
    }
}

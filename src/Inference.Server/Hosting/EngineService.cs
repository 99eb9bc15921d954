using Inference.Engine;
using Inference.Server.Options;

namespace Inference.Server.Hosting;

/// <summary>
/// Ties the engine to the host's life: started with it; drained while HTTP still answers (new requests get 503, running ones end),
/// and only then does Kestrel stop.
/// </summary>
internal sealed partial class EngineService(InferenceEngine engine, ServerOptions options, ILogger<EngineService> logger) : IHostedLifecycleService
{
    private volatile bool _isStopping;

    /// <summary>Whether no more requests are taken: the server is about to stop, or the engine has failed.</summary>
    public bool IsStopping => _isStopping || engine.Completion.IsCompleted;

    /// <summary>Whether as much waits as may.</summary>
    public bool IsFull => engine.Status.Waiting >= options.MaxQueueLength;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        var status = engine.Status;
        if (status.Running + status.Waiting > 0)
        {
            Log.Draining(logger, status.Running + status.Waiting, options.DrainTimeout.TotalSeconds);
        }

        if (!await engine.DrainAsync(options.DrainTimeout, cancellationToken))
        {
            Log.CutOff(logger);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stopping: waiting for {Requests} requests, {Seconds} s at most.")]
        public static partial void Draining(ILogger logger, int requests, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "The drain timeout is over: the requests that were left have been cancelled.")]
        public static partial void CutOff(ILogger logger);
    }
}

using Inference.Server.Options;
using Inference.Server.Serving;

namespace Inference.Server.Hosting;

/// <summary>
/// Ties the engines to the host's life: started with it; drained while HTTP still answers (new requests get 503, running ones end),
/// and only then does Kestrel stop. An engine that fails leaves the others alone.
/// </summary>
internal sealed partial class EngineService(ModelRegistry models, ServerOptions options, ILogger<EngineService> logger) : IHostedLifecycleService
{
    private volatile bool _isStopping;

    /// <summary>Whether the server is about to stop, and takes no more requests.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>A model whose engine has failed; null when there is none.</summary>
    public string? Failed => models.All.FirstOrDefault(model => model.HasEnded)?.Names[0];

    /// <summary>Whether every engine has failed.</summary>
    public bool HaveAllFailed => models.All.All(model => model.HasEnded);

    /// <summary>Whether as much waits as may, for every model that has not failed.</summary>
    public bool IsFull => models.All.All(model => model.HasEnded || model.IsFull);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var model in models.All)
        {
            model.Start();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        var left = models.All.Sum(model => model.Status.Running + model.Status.Waiting);
        if (left > 0)
        {
            Log.Draining(logger, left, options.DrainTimeout.TotalSeconds);
        }

        var drained = await Task.WhenAll(models.All.Select(model => model.DrainAsync(options.DrainTimeout, cancellationToken)));
        if (drained.Contains(false))
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

using System.Collections.Concurrent;

namespace Inference.Server.Batches;

/// <summary>Runs the batches that have not ended: those that are asked for, and at the start those that another server has left.</summary>
internal sealed partial class BatchService(BatchTools tools, ILogger<BatchService> logger) : IHostedLifecycleService, IDisposable
{
    private readonly ConcurrentDictionary<string, (BatchRun Run, Task Task)> _runs = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins or goes on with a batch.</summary>
    public void Start(BatchRecord record)
    {
        var run = new BatchRun(record, tools);
        var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _runs[record.Object.Id] = (run, RunAsync(record.Object.Id, run, added.Task));
        added.SetResult();
    }

    /// <summary>Asks a batch to end, if it runs.</summary>
    public Task CancelAsync(string id) => _runs.TryGetValue(id, out var found) ? found.Run.CancelAsync() : Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Goes on with what was left, now that requests are answered.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var record in tools.Store.Active())
        {
            Start(record);
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends the lines that run, which run again after the next start: nobody waits for them, and people wait for the server to stop.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_runs.Values.Select(entry => entry.Task)).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(string id, BatchRun run, Task added)
    {
        await added;
        try
        {
            await run.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next server goes on with it.
        }
        catch (Exception exception)
        {
            Log.Stuck(logger, id, exception);
        }

        _runs.TryRemove(id, out _);
        run.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The batch {Id} cannot go on before the next start.")]
        public static partial void Stuck(ILogger logger, string id, Exception exception);
    }
}

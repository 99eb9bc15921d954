using System.Collections.Concurrent;
using Inference.Server.Admission;
using Inference.Server.Errors;

namespace Inference.Server.Responses;

/// <summary>The responses that are being generated in the background.</summary>
internal sealed class BackgroundResponses(ResponseStore store, TimeProvider time, ILogger<BackgroundResponses> logger) : IAsyncDisposable
{
    // Each keeps its events in memory.
    private const int MaxRunning = 1024;

    private readonly ConcurrentDictionary<string, (BackgroundRun Run, Task Task)> _running = new();

    /// <summary>Begins one.</summary>
    /// <returns>It, running.</returns>
    /// <exception cref="ApiException">429: there are too many.</exception>
    public async Task<BackgroundRun> StartAsync(PreparedResponse prepared, ClientIdentity client, bool keepsEvents)
    {
        if (_running.Count >= MaxRunning)
        {
            throw ApiErrors.QueueFull();
        }

        var run = new BackgroundRun(prepared, client, time);
        await store.SaveAsync(run.Record);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[prepared.Response.Id] = (run, RunAsync(run, keepsEvents, started.Task));
        started.SetResult();
        return run;
    }

    /// <summary>One that is running, or null.</summary>
    public BackgroundRun? Find(string id, string owner) => _running.TryGetValue(id, out var found) && found.Run.Owner == owner ? found.Run : null;

    /// <summary>Ends one, and waits until it has ended.</summary>
    public async Task CancelAsync(string id)
    {
        if (_running.TryGetValue(id, out var found))
        {
            found.Run.Cancel();
            await found.Task;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (run, task) in _running.Values)
        {
            run.Cancel();
            await task;
        }
    }

    private async Task RunAsync(BackgroundRun run, bool keepsEvents, Task started)
    {
        await started;
        var id = run.Record.Response.Id;
        try
        {
            await run.RunAsync();
            await store.SaveAsync(run.Record with { Events = keepsEvents ? run.Log.ToArray() : null });
        }
        catch (Exception exception)
        {
            ErrorMiddleware.LogFailure(logger, id, exception);
        }

        // Stored first, so that it is always in one of both places.
        _running.TryRemove(id, out _);
    }
}

using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Loads;

/// <summary>An open loop: requests are sent when they are due, however many are under way.</summary>
/// <param name="arrivals">When each is due, since the run's beginning; ascending.</param>
/// <param name="maxConcurrency">The most that are under way; others wait at the client, and their latency counts that wait. Null: no limit.</param>
internal sealed class OpenLoad(IEnumerable<TimeSpan> arrivals, int? maxConcurrency = null) : ILoad
{
    public async Task RunAsync(Dispatcher dispatcher, RunClock clock, CancellationToken stop)
    {
        var running = new List<Task>();
        var start = clock.Now;
        try
        {
            foreach (var arrival in arrivals)
            {
                // The body is made while there is time.
                if (stop.IsCancellationRequested || dispatcher.TryTake() is not { } request)
                    break;
                var due = start + (long)arrival.TotalMicroseconds;
                await clock.UntilAsync(due, stop);
                if (running.Count >= maxConcurrency)
                    running.Remove(await Task.WhenAny(running).WaitAsync(stop));
                running.Add(dispatcher.ConverseAsync(request, due, stop));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // No more are sent.
        }

        await Task.WhenAll(running);
    }
}

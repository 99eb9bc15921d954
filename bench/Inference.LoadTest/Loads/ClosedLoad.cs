using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Loads;

/// <summary>A closed loop: so many clients, each with one request after another.</summary>
/// <param name="concurrency">Clients.</param>
/// <param name="rampUp">The time over which they begin, one after another; zero: all at once.</param>
internal sealed class ClosedLoad(int concurrency, TimeSpan rampUp = default) : ILoad
{
    public Task RunAsync(Dispatcher dispatcher, RunClock clock, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, concurrency).Select(client => ClientAsync(client, dispatcher, clock, stop)));

    private async Task ClientAsync(int client, Dispatcher dispatcher, RunClock clock, CancellationToken stop)
    {
        try
        {
            await clock.UntilAsync((long)(rampUp.TotalMicroseconds * client / concurrency), stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        while (!stop.IsCancellationRequested && dispatcher.TryTake() is { } request)
            await dispatcher.ConverseAsync(request, clock.Now, stop);
    }
}

using Inference.LoadTest.Data;
using Inference.LoadTest.Http;
using Inference.LoadTest.Loads;

namespace Inference.LoadTest.Runs;

/// <summary>One load against one server, from the first request to the last answer.</summary>
internal static class LoadRun
{
    /// <param name="client">Sends; its clock began when the run does.</param>
    /// <param name="clock">The run's time.</param>
    /// <param name="data">What is sent.</param>
    /// <param name="load">When.</param>
    /// <param name="plan">How much, and when it ends.</param>
    /// <param name="interrupt">Ends it as its duration does.</param>
    /// <returns>All requests, in the order in which they were due.</returns>
    public static async Task<IReadOnlyList<RequestRecord>> RunAsync(
        LoadClient client, RunClock clock, IDataSet data, ILoad load, RunPlan plan, CancellationToken interrupt)
    {
        using var timer = new CancellationTokenSource(plan.Duration ?? Timeout.InfiniteTimeSpan, clock.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt, timer.Token);
        using var abort = new CancellationTokenSource();
        var dispatcher = new Dispatcher(client, data, clock, plan, stop, abort.Token);

        await using var grace = clock.Time.CreateTimer(_ => abort.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var end = stop.Token.Register(() => grace.Change(plan.Grace, Timeout.InfiniteTimeSpan));
        await load.RunAsync(dispatcher, clock, stop.Token);
        return [.. dispatcher.Records.OrderBy(record => record.Intended).ThenBy(record => record.Index).ThenBy(record => record.Turn)];
    }
}

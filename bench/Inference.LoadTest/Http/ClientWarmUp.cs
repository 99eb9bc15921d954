using Inference.LoadTest.Data;
using Inference.LoadTest.Loads;
using Inference.LoadTest.Mock;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Http;

/// <summary>Some requests to a server of this process's own: the client's code is compiled before the first request that is measured.</summary>
internal static class ClientWarmUp
{
    private const int Requests = 8;

    /// <param name="endpoint">Whose API and options are to be ready; it is sent nothing.</param>
    public static async Task RunAsync(Endpoint endpoint)
    {
        await using var server = new MockServer(new MockTiming(TimeSpan.Zero, TimeSpan.Zero, 4));
        var clock = new RunClock(TimeProvider.System);
        using var http = Connections.Create(clock);
        var client = new LoadClient(http, endpoint with { Address = server.Address }, clock, new LiveStatistics());
        var data = new RandomData(new RandomDataOptions { InputTokens = 8, AsTokenIds = endpoint.Format.TakesTokenIds });
        // What comes of them is of no interest: the answers are completions, whatever was asked.
        await LoadRun.RunAsync(client, clock, data, new ClosedLoad(2), new RunPlan { Requests = Requests, Duration = TimeSpan.FromSeconds(5), Grace = default }, CancellationToken.None);
    }
}

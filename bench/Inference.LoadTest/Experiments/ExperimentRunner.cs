using System.Globalization;
using Inference.LoadTest.Commands;
using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Experiments;

/// <summary>Runs an <see cref="Experiment"/>: all servers are up, and one is loaded at a time.</summary>
internal static class ExperimentRunner
{
    public static async Task<IReadOnlyList<ExperimentPoint>> RunAsync(Experiment experiment, TextWriter progress, CancellationToken cancellation)
    {
        var servers = new List<ServerProcess>();
        try
        {
            foreach (var setting in experiment.Servers)
            {
                await progress.WriteLineAsync($"Starting: {setting.Name}");
                servers.Add(await ServerProcess.StartAsync(experiment.Command, experiment.Arguments, setting, cancellation));
            }

            var points = new List<ExperimentPoint>();
            // Each load has prompts of its own, which all servers get: nothing of them is cached.
            var seed = 0;
            // Round 0 warms up, with the most clients alone.
            for (var round = 0; round <= experiment.Rounds; round++)
            {
                foreach (var (scenario, clients) in Loads(experiment, round))
                {
                    seed++;
                    foreach (var server in servers)
                    {
                        var run = await MeasureAsync(Options(server, scenario, clients, round == 0 ? 1 : experiment.RequestsPerClient) with { Seed = seed }, cancellation);
                        await progress.WriteLineAsync(string.Create(
                            CultureInfo.InvariantCulture, $"round {round}: {scenario.Name}, {clients} clients, {server.Setting.Name}: {run.OutputThroughput:0.0} tokens/s, E2EL p90 {run.E2el.P90 / 1000:0.00} s"));
                        if (round > 0)
                            points.Add(new ExperimentPoint(scenario, clients, server.Setting.Name, run));
                    }
                }
            }

            return points;
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }

    private static IEnumerable<(ExperimentScenario Scenario, int Clients)> Loads(Experiment experiment, int round) =>
        from scenario in experiment.Scenarios
        from clients in round == 0 ? [experiment.Concurrencies.Max()] : experiment.Concurrencies
        select (scenario, clients);

    private static RunOptions Options(ServerProcess server, ExperimentScenario scenario, int clients, int requestsPerClient) => new()
    {
        Name = server.Setting.Name,
        Url = server.Address.ToString(),
        InputTokens = scenario.InputTokens,
        OutputTokens = scenario.OutputTokens,
        Concurrency = clients,
        Requests = clients * requestsPerClient,
    };

    private static async Task<RunSummary> MeasureAsync(RunOptions options, CancellationToken cancellation)
    {
        var (run, _) = await new LoadSession(options, TimeProvider.System).RunAsync(cancellation);
        return run.Requests.Completed == options.Requests
            ? run
            : throw new IOException($"{options.Name}: {run.Requests.Failed} of {options.Requests} requests failed: {string.Join("; ", run.Errors.Keys)}");
    }
}

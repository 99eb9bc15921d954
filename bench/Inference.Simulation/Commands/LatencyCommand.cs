using System.CommandLine;
using System.Globalization;
using Inference.Engine.Scheduling;
using Inference.Simulation.Loads;
using Inference.Simulation.Replicas;
using Inference.Simulation.Reports;
using Inference.Simulation.Routing;
using Inference.Traces;

namespace Inference.Simulation.Commands;

/// <summary>
/// What a long prompt does to those that run: their longest time from one token to the next, and the prompt's own time to its first,
/// against the most tokens of a step.
/// </summary>
internal sealed class LatencyCommand
{
    private const int OthersPrompt = 32;
    private static readonly int[] Budgets = [32, 64, 128, 256, 512, 1024, 2048, 4096];

    private readonly Option<string?> _cost = CommonOptions.Cost();
    private readonly Option<int> _running = new("--running") { Description = "Requests that run.", DefaultValueFactory = _ => 16 };
    private readonly Option<int> _prompt = new("--prompt") { Description = "Tokens of the long prompt.", DefaultValueFactory = _ => 4096 };

    public static Command Create(TextWriter output)
    {
        var latency = new LatencyCommand();
        var command = new Command("latency", "Print inter-token latency against --max-num-batched-tokens when a long prompt arrives.")
        {
            latency._cost, latency._running, latency._prompt,
        };
        command.SetAction(result => latency.Print(result, output));
        return command;
    }

    private void Print(ParseResult result, TextWriter output)
    {
        var fleet = new FleetOptions { Cost = CommonOptions.ReadCost(result.GetValue(_cost)) };
        var (running, prompt) = (result.GetValue(_running), result.GetValue(_prompt));
        output.WriteLine("| max_num_batched_tokens | ITL ms: p50 / p99 / max | TTFT of the prompt, s |\n|--:|--:|--:|");
        foreach (var budget in Budgets.Where(budget => budget >= running))
            Write(output, $"{budget}", Simulate(fleet, running, prompt, budget, PrefillMode.Chunked));
        Write(output, "exclusive", Simulate(fleet, running, prompt, Budgets[^1], PrefillMode.Exclusive));
    }

    internal static ServiceStatistics Simulate(FleetOptions options, int running, int prompt, int budget, PrefillMode prefill)
    {
        // Long enough that they run before, during and after: every step of the prompt's brings each of them one token.
        var outputLength = 64 + 2 * (prompt / Math.Max(1, budget - running) + 1);
        var others = new TraceRequest(TimeSpan.Zero, OthersPrompt, outputLength, []);
        var late = new TraceRequest(options.Cost.Of(new(1, 1, 0, 0)) * 64, prompt, 1, []);
        var requests = Enumerable.Range(0, running).Select(index => new SimulatedRequest(index, TimeSpan.Zero, others, IsUrgent: false))
            .Append(new SimulatedRequest(running, late.Arrival, late, IsUrgent: true));

        var scheduling = new SchedulerOptions { MaxNumSeqs = Math.Min(256, budget), MaxNumBatchedTokens = budget, Prefill = prefill };
        using var fleet = new Fleet(options with { Scheduling = scheduling, MaxTokens = outputLength }, new RoundRobinRouter());
        fleet.Run(requests);
        return fleet.Statistics;
    }

    private static void Write(TextWriter output, string name, ServiceStatistics result)
    {
        var gaps = result.InterToken;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {gaps.Percentile(.5) * 1000:0} / {gaps.Percentile(.99) * 1000:0} / {gaps.Maximum * 1000:0} | {result.UrgentFirstToken.Maximum:0.00} |"));
    }
}

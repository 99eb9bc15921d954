using System.CommandLine;
using System.Globalization;
using Inference.Engine.Execution;
using Inference.Engine.Scheduling;
using Inference.Simulation.Loads;
using Inference.Simulation.Replicas;
using Inference.Simulation.Reports;
using Inference.Simulation.Routing;
using Inference.Traces;

namespace Inference.Simulation.Commands;

/// <summary>
/// How much of the prompts is in the cache, by the cache's size: requests run one after another, in whole prefix blocks, so that an
/// unbounded cache finds each block that was there before, and no other.
/// </summary>
internal static class CacheCommand
{
    public static Command Create(TextWriter output)
    {
        var trace = CommonOptions.Trace();
        var blocks = new Option<int[]>("--num-blocks")
        {
            Description = "Sizes of the cache, in prefix blocks of 512 tokens. The last row is always a cache that holds everything.",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [500, 1000, 2000, 4000, 8000, 16_000, 32_000],
        };
        var command = new Command("cache", "Print the hit rate of prefix blocks against the cache's size.") { trace, blocks };
        command.SetAction(result => Print(CommonOptions.ReadTrace(result.GetRequiredValue(trace)), result.GetRequiredValue(blocks), output));
        return command;
    }

    /// <summary>Replays a trace with a cache of so many blocks; null: as many as it can ever want.</summary>
    internal static ServiceStatistics Replay(IReadOnlyList<TraceRequest> trace, int? blocks)
    {
        TraceRequest[] whole = [.. trace.Select((request, index) => InWholeBlocks(request, index))];
        var options = new FleetOptions
        {
            Limits = new ModelLimits(
                VocabularySize: 1 << 30,
                MaxModelLength: int.MaxValue,
                TraceRequest.PrefixBlock,
                blocks ?? checked((int)whole.Sum(request => (long)request.PrefixIds.Length) + 1)),
            Scheduling = new SchedulerOptions { MaxNumSeqs = 1, MaxNumBatchedTokens = int.MaxValue, MaxQueueLength = int.MaxValue },
            MaxTokens = 1,
        };
        using var fleet = new Fleet(options, new RoundRobinRouter());
        fleet.Run(Load.Of(whole, new LoadOptions()));
        return fleet.Statistics;
    }

    private static void Print(IReadOnlyList<TraceRequest> trace, int[] sizes, TextWriter output)
    {
        var ideal = TraceStatistics.Of(trace);
        output.WriteLine("| blocks of 512 tokens | hit rate | of the ideal | refused |\n|--:|--:|--:|--:|");
        foreach (var size in sizes.Cast<int?>().Append(null))
        {
            var result = Replay(trace, size);
            var hits = (double)(result.CachedTokens / TraceRequest.PrefixBlock) / ideal.PrefixBlocks;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {size?.ToString(CultureInfo.InvariantCulture) ?? "unbounded"} | {hits:0.0000} | {hits / ideal.IdealHitRate:0.000} | {result.Refused} |"));
            output.Flush();
        }
    }

    /// <summary>The last block filled up, and a token more: a prompt's last token is always computed.</summary>
    private static TraceRequest InWholeBlocks(TraceRequest request, int index) => request with
    {
        InputLength = request.PrefixIds.Length * TraceRequest.PrefixBlock + 1,
        OutputLength = 1,
        PrefixIds = request.PrefixIds.Add(-1 - index),
    };
}

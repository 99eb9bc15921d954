using Inference.Engine.Execution;
using Inference.Engine.Scheduling;
using Inference.Simulation.Commands;
using Inference.Simulation.Loads;
using Inference.Simulation.Replicas;
using Inference.Simulation.Routing;
using Inference.Traces;

namespace Inference.Simulation.Tests.Commands;

public sealed class CacheCommandTests
{
    [Fact]
    public void Replay_MooncakeUnbounded_FindsExactlyWhatWasThereBefore()
    {
        var result = CacheCommand.Replay(CommittedTraces.Mooncake, blocks: null);

        Assert.Equal((3_993, 0), (result.Completed, result.Refused));
        Assert.Equal(77_953L * TraceRequest.PrefixBlock, result.CachedTokens);
    }

    [Fact]
    public void Replay_MooncakeBounded_FindsMoreWithMoreRoom()
    {
        long[] hits = [.. new[] { 500, 4_000, 32_000 }.Select(blocks => CacheCommand.Replay(CommittedTraces.Mooncake, blocks).CachedTokens)];

        Assert.Equal([.. hits.Order()], hits);
        Assert.InRange(hits[0], 1, 20_000L * TraceRequest.PrefixBlock);
        Assert.InRange(hits[2], 70_000L * TraceRequest.PrefixBlock, 77_953L * TraceRequest.PrefixBlock);
    }

    /// <summary>As the trace has them: of a prompt that ends within a block, the engine cannot share that block.</summary>
    [Fact]
    public void Replay_MooncakeInItsOwnLengths_FindsExactlyTheFullBlocks()
    {
        var options = new FleetOptions
        {
            Limits = new ModelLimits(VocabularySize: 1 << 30, MaxModelLength: int.MaxValue, TraceRequest.PrefixBlock, BlockCount: 130_000),
            Scheduling = new SchedulerOptions { MaxNumSeqs = 1, MaxNumBatchedTokens = int.MaxValue, MaxQueueLength = int.MaxValue },
        };
        using var fleet = new Fleet(options, new RoundRobinRouter());

        fleet.Run(Load.Of([.. CommittedTraces.Mooncake.Select(request => request with { OutputLength = 1 })], new LoadOptions()));

        Assert.Equal(77_740L * TraceRequest.PrefixBlock, fleet.Statistics.CachedTokens);
    }
}

using Inference.Engine.Execution;
using Inference.Engine.Scheduling;
using Inference.Simulation.Costs;
using Inference.Simulation.Loads;
using Inference.Simulation.Replicas;
using Inference.Simulation.Reports;
using Inference.Simulation.Routing;
using Inference.Traces;

namespace Inference.Simulation.Tests.Replicas;

public sealed class FleetTests
{
    /// <summary>A step takes 10 ms and 1 ms for each token.</summary>
    private static readonly CostModel Cost = CostModel.Free with { PerStep = 10_000, PerToken = 1000 };

    [Fact]
    public void Run_OneRequest_TakesItsSteps()
    {
        // Chunks of 100, 100 and 50 tokens, the last of which brings the first token; then three decodes.
        var options = new FleetOptions { Cost = Cost, Scheduling = new SchedulerOptions { MaxNumSeqs = 8, MaxNumBatchedTokens = 100 } };
        var result = Run(options, Request(at: 5, input: 250, output: 4));

        Assert.Equal((1, 250, 4, 6), (result.Completed, result.PromptTokens, result.OutputTokens, result.Steps));
        Assert.Equal(.280, result.FirstToken.Maximum, 9);
        Assert.Equal(.011, result.PerOutputToken.Maximum, 9);
        Assert.Equal((3L, .011), (result.InterToken.Count, result.InterToken.Maximum));
        Assert.Equal(5 + .280 + .033, result.End.TotalSeconds, 9);
        Assert.Equal(.313, result.Busy.TotalSeconds, 9);
    }

    [Fact]
    public void Run_ArrivalDuringAStep_JoinsTheNext()
    {
        // The first prompt's step ends at 30 ms; the second's, with a decode, 31 ms later.
        var result = Run(new FleetOptions { Cost = Cost }, Request(at: 0, input: 20, output: 3), Request(at: .005, input: 20, output: 1));

        Assert.Equal(.056, result.FirstToken.Maximum, 9);
        Assert.Equal(.031, result.InterToken.Maximum, 9);
    }

    [Fact]
    public void Run_MoreReplicas_WorkSideBySide()
    {
        var options = new FleetOptions { Cost = Cost, Replicas = 2 };
        var result = Run(options, Request(at: 0, input: 20, output: 1), Request(at: 0, input: 20, output: 1));

        Assert.Equal((.030, .060), (result.End.TotalSeconds, result.Busy.TotalSeconds));
    }

    [Fact]
    public void Run_SamePrefix_IsComputedOnce()
    {
        var result = Run(
            new FleetOptions { Cost = Cost, Scheduling = new SchedulerOptions { MaxNumBatchedTokens = 2048 } },
            Request(at: 0, input: 1024, output: 1, 1, 2),
            Request(at: 9, input: 1020, output: 1, 1, 2));

        // 63 blocks of 16 tokens of it.
        Assert.Equal((1008, 1008.0 / 2044), (result.CachedTokens, result.HitRate));
        Assert.Equal(9 + .022, result.End.TotalSeconds, 9);
    }

    [Fact]
    public void Run_DynamicBatch_WaitsForItsDelay()
    {
        var scheduling = new SchedulerOptions { Batching = BatchingMode.Dynamic, MaxBatchDelay = TimeSpan.FromMilliseconds(100) };
        var result = Run(
            new FleetOptions { Cost = Cost, Scheduling = scheduling }, Request(at: 0, input: 10, output: 1), Request(at: .050, input: 10, output: 1));

        Assert.Equal((2, .130), (result.Completed, result.FirstToken.Maximum));
        Assert.Equal(1, result.Steps);
    }

    [Fact]
    public void Run_DeadlinePassed_Expires()
    {
        var scheduling = new SchedulerOptions { MaxNumSeqs = 1, Policy = QueuePolicy.Deadline };
        var options = new FleetOptions { Cost = Cost, Scheduling = scheduling, UrgentDeadline = TimeSpan.FromMilliseconds(100) };
        var result = Run(
            options, Request(at: 0, input: 10, output: 50), Urgent(Request(at: .1, input: 10, output: 1)), Request(at: .15, input: 10, output: 1));

        Assert.Equal((2, 1, 0), (result.Completed, result.Expired, result.UrgentFirstToken.Count));
    }

    [Fact]
    public void Run_PromptThatNeverFits_IsRefused()
    {
        var options = new FleetOptions { Limits = new ModelLimits(49152, 1 << 20, BlockSize: 16, BlockCount: 4) };

        var result = Run(options, Request(at: 0, input: 64, output: 1), Request(at: 0, input: 63, output: 1));

        Assert.Equal((1, 1), (result.Refused, result.Completed));
    }

    [Fact]
    public void Run_CacheTooSmallForAll_PreemptsAndEndsAll()
    {
        var options = new FleetOptions
        {
            Cost = Cost,
            Limits = new ModelLimits(49152, 1 << 20, BlockSize: 16, BlockCount: 32),
            Scheduling = new SchedulerOptions { Conservativeness = 0 },
        };
        var result = Run(options, [.. Enumerable.Range(0, 40).Select(_ => Request(at: 0, input: 50, output: 150))]);

        Assert.Equal((40, 40 * 150), (result.Completed, result.OutputTokens));
        Assert.InRange(result.Preemptions, 1, 1000);
    }

    [Fact]
    public void Run_AzureForAMinute_EveryRequestEnds()
    {
        var load = Load.Of(CommittedTraces.Azure, new LoadOptions { Copies = 2, Until = TimeSpan.FromMinutes(1), UrgentShare = .2 }).ToArray();
        using var fleet = new Fleet(new FleetOptions { Replicas = 3, Cost = CostModel.Default }, new PrefixAwareRouter());

        fleet.Run(load);

        Assert.Equal(load.Length, fleet.Statistics.Completed);
        Assert.Equal(load.Sum(request => request.Trace.OutputLength), fleet.Statistics.OutputTokens);
    }

    private static ServiceStatistics Run(FleetOptions options, params SimulatedRequest[] requests)
    {
        using var fleet = new Fleet(options, new RoundRobinRouter());
        fleet.Run(requests.Select((request, index) => request with { Identity = index }));
        return fleet.Statistics;
    }

    private static SimulatedRequest Urgent(SimulatedRequest request) => request with { IsUrgent = true };

    private static SimulatedRequest Request(double at, int input, int output, params long[] prefix) =>
        new(Identity: 0, TimeSpan.FromSeconds(at), new TraceRequest(TimeSpan.Zero, input, output, [.. prefix]), IsUrgent: false);
}

using Inference.LoadTest.Commands;
using Inference.LoadTest.Http;
using Inference.LoadTest.Loads;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Runs;
using Inference.LoadTest.Searches;
using Inference.LoadTest.Tests.Doubles;

namespace Inference.LoadTest.Tests.Searches;

public sealed class SearchTests
{
    private static readonly RunSummary Any = VirtualRun.Of(_ => ScriptedAnswer.Stream(100, 10, 10), new ClosedLoad(1), new RunPlan { Requests = 1 }).Summary;

    [Theory]
    [InlineData(1, 13.7)]
    [InlineData(1, 0.3)]
    [InlineData(64, 64)]
    public async Task Highest_Limit_IsFoundWithinItsPrecision(double start, double limit)
    {
        var tried = 0;
        var found = await RateSearch.HighestAsync(start, 0.05, load =>
        {
            tried++;
            return Task.FromResult(load <= limit ? Verdict.Holds : Verdict.Fails);
        });

        Assert.InRange(found!.Value, limit / 1.05, limit);
        Assert.InRange(tried, 2, 12);
    }

    [Fact]
    public async Task Highest_Never_IsNull() => Assert.Null(await RateSearch.HighestAsync(1, 0.1, _ => Task.FromResult(Verdict.Fails)));

    [Fact]
    public async Task Highest_Hopeless_TriesNoLowerLoad()
    {
        var tried = new List<double>();
        Assert.Null(await RateSearch.HighestAsync(8, 0.1, load =>
        {
            tried.Add(load);
            return Task.FromResult(load > 2 ? Verdict.Fails : Verdict.Hopeless);
        }));

        Assert.Equal([8, 4, 2], tried);
    }

    [Fact]
    public void Saturation_HardlyMoreTokens_IsReached()
    {
        Assert.False(Saturation.IsReached([Load(1, 100, 1)]));
        Assert.False(Saturation.IsReached([Load(1, 100, 1), Load(2, 190, 1)]));
        Assert.True(Saturation.IsReached([Load(1, 100, 1), Load(2, 190, 1), Load(4, 199, 2)]));
    }

    [Fact]
    public void Knee_IsWhereLatencyBeginsToBuyNothing() => Assert.Equal(
        8, Saturation.Knee([Load(1, 100, 1), Load(2, 200, 1.05), Load(4, 390, 1.1), Load(8, 720, 1.3), Load(16, 760, 2.5), Load(32, 770, 5)]).Concurrency);

    [Fact]
    public void Capacity_Within_IsTheMostRequestsThatKeepTheLevel()
    {
        RunSummary[] runs = [Load(1, 100, 1), Load(2, 200, 2), Load(4, 300, 3)];

        Assert.Equal(2, CapacityCommand.Within(runs, new Slo(E2elMs: 2500))!.Load);
        Assert.Equal(4, CapacityCommand.Within([.. runs, Load(4, 300, 1.9)], new Slo(E2elMs: 2500))!.Load);
        Assert.Null(CapacityCommand.Within(runs, new Slo(E2elMs: 500)));
    }

    [Theory]
    [InlineData("vllm:cache_config_info{block_size=\"16\",num_gpu_blocks=\"100\",kv_cache_size_tokens=\"1600\"} 1", 1600)]
    [InlineData("vllm:cache_config_info{engine=\"0\",block_size=\"16\",num_gpu_blocks=\"100\"} 1.0", 1600)]
    public void Capacity_CacheTokens_AreOfItsMetric(string line, long tokens) => Assert.Equal(tokens, CapacityCommand.CacheTokens($"# HELP x\n{line}\n"));

    [Fact]
    public void Metrics_Parse_AddsSeriesUpAndLeavesHistogramsOut()
    {
        var values = MetricsScrape.Parse(
            """
            # TYPE a_total counter
            a_total{k="x y"} 3
            a_total{k="z"} 4.5
            # TYPE g gauge
            g 2
            # TYPE h histogram
            h_bucket{le="1"} 9
            """);

        Assert.Equal(new Dictionary<string, double> { ["a_total"] = 7.5, ["g"] = 2 }, values);
    }

    private static RunSummary Load(double clients, double tokens, double seconds)
    {
        var builder = new DistributionBuilder();
        builder.Add(seconds * RunClock.Second);
        return Any with { Concurrency = clients, OutputThroughput = tokens, RequestThroughput = tokens / 10, E2el = builder.Build() };
    }
}

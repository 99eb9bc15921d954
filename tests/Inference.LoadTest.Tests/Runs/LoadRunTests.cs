using System.Net;
using Inference.LoadTest.Data;
using Inference.LoadTest.Loads;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Runs;
using Inference.LoadTest.Tests.Doubles;

namespace Inference.LoadTest.Tests.Runs;

/// <summary>Servers whose answers are known, and what the harness measures of them: in virtual time, so exactly.</summary>
public sealed class LoadRunTests
{
    [Fact]
    public void Run_FixedTimes_AreMeasuredAsTheyAre()
    {
        var run = VirtualRun.Of(_ => ScriptedAnswer.Stream(ttftMs: 200, itlMs: 20, tokens: 10), new ClosedLoad(2), new RunPlan { Requests = 8 }).Summary;

        // Two clients with four requests each, of 200 + 9 * 20 ms.
        Assert.Equal(8, run.Requests.Completed);
        Assert.Equal(4 * 0.38, run.Duration, 1e-3);
        Assert.Equal(8 / 1.52, run.RequestThroughput, 1e-2);
        Assert.Equal(80 / 1.52, run.OutputThroughput, 1e-2);
        Assert.Equal((80 + 8 * 32) / 1.52, run.TotalTokenThroughput, 1e-1);
        Assert.Equal(2, run.MaxConcurrency);
        Assert.Equal(2, run.MeanConcurrency, 1e-2);
        AssertAll(200, run.Ttft);
        AssertAll(20, run.Tpot);
        AssertAll(20, run.Itl);
        AssertAll(380, run.E2el);
        AssertAll(38, run.Ntpot);
        Assert.Equal(72, run.Itl.Count);
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public void Run_MixedTimes_HavePercentilesByNearestRank()
    {
        // 100 requests one after another: the first tokens of 10, 20, ... 1000 ms.
        var ttft = VirtualRun.Of(i => ScriptedAnswer.Stream(10 * (i + 1), 1, 2), new ClosedLoad(1), new RunPlan { Requests = 100 }).Summary.Ttft;

        Assert.Equal(505, ttft.Mean, 1e-3);
        Assert.Equal(10 * Math.Sqrt((100 * 100 - 1) / 12.0), ttft.Std, 1e-3);
        Assert.Equal((10, 1000), (ttft.Min, ttft.Max));
        Assert.Equal([500, 900, 950, 990, 1000], new[] { ttft.P50, ttft.P90, ttft.P95, ttft.P99, ttft.P999 }, (a, b) => Math.Abs(a - b) <= 0.001 * a);
    }

    [Fact]
    public void Run_BundledChunks_CountTheServersTokens()
    {
        var run = VirtualRun.Of(_ => ScriptedAnswer.Stream(100, 10, tokens: 13, perEvent: 4), new ClosedLoad(1), new RunPlan { Requests = 2 }).Summary;

        // Four events, 40 ms apart; 13 tokens.
        Assert.Equal(26, run.Tokens.Output);
        Assert.Equal(13 / 4.0, run.Tokens.PerEvent);
        AssertAll(40, run.Itl);
        AssertAll(10, run.Tpot);
        Assert.Contains(run.Warnings, warning => warning.StartsWith("Events hold 3.25 tokens", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_EventsInOnePacket_CameAtOneTime()
    {
        var two = """data: {"choices":[{"text":"a"}]}""" + "\n\n" + """data: {"choices":[{"text":"b"}]}""" + "\n\n";
        var answer = new ScriptedAnswer { Pieces = [(TimeSpan.FromMilliseconds(50), two), (TimeSpan.FromMilliseconds(30), two + "data: [DONE]\n\n")] };

        var record = VirtualRun.Of(_ => answer, new ClosedLoad(1), new RunPlan { Requests = 1 }).Records[0];

        Assert.Equal([50_000, 50_000, 80_000, 80_000], record.Chunks);
        Assert.Equal(RequestOutcome.Completed, record.Outcome);
    }

    [Fact]
    public void Run_WrongCounts_AreTold()
    {
        var run = VirtualRun.Of(
            i => ScriptedAnswer.Stream(10, 1, tokens: i < 2 ? 10 : 8, promptTokens: i == 0 ? 40 : 32), new ClosedLoad(1), new RunPlan { Requests = 4 }).Summary;

        Assert.Equal((1, 2), (run.Tokens.PromptMismatches, run.Tokens.OutputMismatches));
        Assert.Contains("2 of 4 requests did not get as many tokens as they asked for.", run.Warnings);
        Assert.Contains("The server counts the prompts of 1 of 4 requests otherwise than the data set.", run.Warnings);
    }

    [Theory]
    [InlineData(true, 8, true)]
    [InlineData(true, 0, false)]
    [InlineData(false, 8, false)]
    public void Run_CachedPrompts_AreToldWhereTheyShouldBeNew(bool areNew, int cached, bool isTold)
    {
        var usage = $$$$"""data: {"choices":[],"usage":{"prompt_tokens":32,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":{{{{cached}}}}}}}""";
        var answer = new ScriptedAnswer { Pieces = [(TimeSpan.FromMilliseconds(1), "data: {\"choices\":[{\"text\":\"a\"}]}\n\n" + usage + "\n\ndata: [DONE]\n\n")] };

        var run = VirtualRun.Of(
            _ => answer, new ClosedLoad(1), new RunPlan { Requests = 2 }, describe: description => description with { PromptsAreNew = areNew }).Summary;

        Assert.Equal(isTold, run.Warnings.Any(warning => warning.StartsWith("The server had 25% of the prompts' tokens in its cache", StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_PromptsOfText_AreCountedByTheServerAlone()
    {
        var run = VirtualRun.Of(
            _ => ScriptedAnswer.Stream(1, 1, 10, promptTokens: 45), new ClosedLoad(1), new RunPlan { Requests = 2 },
            data: new RandomData(new RandomDataOptions { InputTokens = 32, OutputTokens = 10 })).Summary;

        Assert.Equal((90, 0), (run.Tokens.Prompt, run.Tokens.PromptMismatches));
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public void Summary_BusyClient_Warns()
    {
        var records = Enumerable.Range(0, 2).Select(i => new RequestRecord { Index = i, Intended = 0, Ended = 1_000_000, Outcome = RequestOutcome.Completed }).ToArray();
        // Of the whole run's second, though half of it is warm-up.
        RunSummary Of(double share) => Summarizer.Summarize(
            records, new RunDescription { Name = "busy", ClientCpuSeconds = share * Environment.ProcessorCount, WarmUp = TimeSpan.FromSeconds(0.5) });

        Assert.Contains(Of(0.8).Warnings, warning => warning.StartsWith("The client kept", StringComparison.Ordinal));
        Assert.DoesNotContain(Of(0.6).Warnings, warning => warning.StartsWith("The client kept", StringComparison.Ordinal));
        Assert.Equal(0.6 * Environment.ProcessorCount, Of(0.6).ClientCpu!.Value, 1e-9);
    }

    [Fact]
    public void Run_Failures_AreCountedAndHaveNoLatency()
    {
        var good = ScriptedAnswer.Stream(100, 10, 10);
        ScriptedAnswer[] answers =
        [
            good,
            ScriptedAnswer.Json("""{"error":{"message":"full"}}""", HttpStatusCode.TooManyRequests, 5000),
            ScriptedAnswer.Json("<html>", HttpStatusCode.BadGateway, 5000),
            good with { Breaks = true, Pieces = good.Pieces.Take(5).ToArray() },
            good with { Pieces = good.Pieces.Take(5).ToArray() },
            good with { Refuse = "no such host" },
            new ScriptedAnswer { Pieces = [(TimeSpan.FromSeconds(9), "data: {\"error\":{\"message\":\"out of memory\"}}\n\n")] },
            new ScriptedAnswer { Pieces = [(TimeSpan.FromSeconds(9), "data: {]\n\n")] },
            ScriptedAnswer.Json("""{"error":{"message":"full"}}""", HttpStatusCode.TooManyRequests),
        ];

        var run = VirtualRun.Of(i => answers[i], new ClosedLoad(1), new RunPlan { Requests = answers.Length }).Summary;

        Assert.Equal(new RequestCounts(1, 8, 0, 0), run.Requests);
        Assert.Equal((100, 1), (run.Ttft.Max, run.Ttft.Count));
        Assert.Equal(9, run.Itl.Count);
        Assert.Equal(2, run.Errors["HTTP 429: full"]);
        Assert.Equal(1, run.Errors["HTTP 502: <html>"]);
        Assert.Equal(1, run.Errors["the connection broke"]);
        Assert.Equal(1, run.Errors["the answer broke off"]);
        Assert.Equal(1, run.Errors["no such host"]);
        Assert.Equal(1, run.Errors["out of memory"]);
    }

    [Fact]
    public void Run_MaxErrors_StopsSending()
    {
        var run = VirtualRun.Of(_ => ScriptedAnswer.Json("{}", HttpStatusCode.InternalServerError, 1), new ClosedLoad(1), new RunPlan { Requests = 100, MaxErrors = 3 });

        Assert.Equal(3, run.Records.Count);
    }

    [Fact]
    public void OpenLoop_StalledServer_IsNotSlowed()
    {
        // Ten a second; from 2 s to 5 s nobody is answered. What was due in that time waited from when it was due.
        var time = 0.0;
        var run = VirtualRun.Of(
            i =>
            {
                time = 0.1 * (i + 1);
                return ScriptedAnswer.Stream(time is >= 1.999 and < 5 ? 5000 - 1000 * time + 50 : 50, 1, 2);
            },
            new OpenLoad(Arrivals.Of(RateProfile.Constant(10), double.PositiveInfinity, 0)),
            new RunPlan { Requests = 100 });

        Assert.Equal(Enumerable.Range(1, 100).Select(i => i * 100_000L), run.Records.Select(record => record.Started));
        Assert.Equal(0, run.Summary.SchedulingLag.Max);
        Assert.Equal(3050, run.Summary.Ttft.Max, 0.001);
        // Due between 2.0 and 4.9 s: 30 of 100.
        Assert.Equal(30, run.Records.Count(record => record.TimeToFirstToken > 50_000));
        Assert.Equal(31, run.Summary.MaxConcurrency, 1.0);
    }

    [Fact]
    public void OpenLoop_MaxConcurrency_CountsTheWaitAtTheClient()
    {
        var run = VirtualRun.Of(
            _ => ScriptedAnswer.Stream(200, 1, 1),
            new OpenLoad(Arrivals.Of(RateProfile.Constant(10), double.PositiveInfinity, 0), maxConcurrency: 1),
            new RunPlan { Requests = 5 },
            describe: description => description with { QueuesAtClient = true });

        // Each is due 100 ms after the one before, and can begin 200 ms after it.
        Assert.Equal([200, 300, 400, 500, 600], run.Records.Select(record => record.TimeToFirstToken!.Value / 1000.0));
        Assert.Equal([0, 100, 200, 300, 400], run.Records.Select(record => record.SchedulingLag / 1000.0));
        Assert.DoesNotContain(run.Summary.Warnings, warning => warning.StartsWith("The client", StringComparison.Ordinal));
    }

    [Fact]
    public void Summary_LateClient_Warns()
    {
        var records = Enumerable.Range(0, 10).Select(i => new RequestRecord
        {
            Index = i, Intended = i * 1000, Started = i * 1000 + 11_000, Ended = i * 1000 + 20_000, Outcome = RequestOutcome.Completed,
        }).ToArray();

        var warnings = Summarizer.Summarize(records, new RunDescription { Name = "late" }).Warnings;

        Assert.Contains(warnings, warning => warning.StartsWith("The client itself was late", StringComparison.Ordinal));
    }

    [Fact]
    public void Goodput_AtTheLimit_IsGood()
    {
        // TTFT 200, 201; TPOT 20 of 10 tokens.
        var run = VirtualRun.Of(
            i => ScriptedAnswer.Stream(i % 2 == 0 ? 200 : 201, 20, 10),
            new ClosedLoad(1),
            new RunPlan { Requests = 10 },
            describe: description => description with { Slo = Slo.Parse(["ttft:200", "tpot:20", "e2el:380"]) }).Summary;

        Assert.Equal(0.5, run.GoodShare);
        Assert.Equal(5 / run.Duration, run.Goodput!.Value, 1e-9);
    }

    [Fact]
    public void Goodput_FailedRequests_AreNotGood()
    {
        var run = VirtualRun.Of(
            i => i == 0 ? ScriptedAnswer.Json("{}", HttpStatusCode.InternalServerError) : ScriptedAnswer.Stream(1, 1, 1),
            new ClosedLoad(1),
            new RunPlan { Requests = 4 },
            describe: description => description with { Slo = Slo.Parse(["tpot:1"]) }).Summary;

        Assert.Equal(0.75, run.GoodShare);
    }

    [Fact]
    public void Cancelling_ShareOfRequests_LeavesEarlyAndIsNoFailure()
    {
        var run = VirtualRun.Of(
            _ => ScriptedAnswer.Stream(100, 10, 50), new ClosedLoad(4), new RunPlan { Requests = 400, CancelRate = 0.25, CancelAfter = 3, Seed = 7 });

        var cancelled = run.Records.Where(record => record.Outcome == RequestOutcome.Cancelled).ToArray();
        Assert.InRange(cancelled.Length, 70, 130);
        Assert.All(cancelled, record => Assert.Equal(3, record.Chunks.Count));
        Assert.Equal(cancelled.Length, run.Server.Abandoned);
        Assert.Equal(400 - cancelled.Length, run.Summary.Requests.Completed);
        Assert.Equal(0, run.Summary.Requests.Failed);
    }

    [Fact]
    public void Duration_EndsSending_AndGraceEndsAnswers()
    {
        // Half a second each, but the 7th never ends.
        var run = VirtualRun.Of(
            i => ScriptedAnswer.Stream(i == 6 ? 1e9 : 500, 1, 1),
            new ClosedLoad(2),
            new RunPlan { Duration = TimeSpan.FromSeconds(3.2), Grace = TimeSpan.FromSeconds(10) });

        Assert.All(run.Records, record => Assert.True(record.Intended <= 3_200_000));
        var incomplete = Assert.Single(run.Records, record => record.Outcome == RequestOutcome.Incomplete);
        Assert.Equal(13_200_000, incomplete.Ended);
        Assert.Equal(1, run.Summary.Requests.Incomplete);
        Assert.Equal(0, run.Summary.Requests.Failed);
    }

    [Fact]
    public void WarmUpAndCoolDown_AreNotMeasured()
    {
        // The first two seconds are slow.
        var run = VirtualRun.Of(
            i => ScriptedAnswer.Stream(i < 4 ? 500 : 100, 10, 11),
            new ClosedLoad(1),
            new RunPlan { Requests = 54 },
            describe: description => description with { WarmUp = TimeSpan.FromSeconds(2.4), CoolDown = TimeSpan.FromSeconds(2) }).Summary;

        // 4 * 0.6 + 50 * 0.2 s; of the 10 s the last two are left out.
        AssertAll(100, run.Ttft);
        Assert.Equal(8, run.Duration, 1e-3);
        Assert.Equal(11 / 0.2, run.OutputThroughput, 1.0);
    }

    [Fact]
    public void RampUp_ClientsBeginOneAfterAnother()
    {
        var run = VirtualRun.Of(_ => ScriptedAnswer.Stream(10_000, 1, 1), new ClosedLoad(4, TimeSpan.FromSeconds(8)), new RunPlan { Requests = 4 });

        Assert.Equal([0, 2_000_000, 4_000_000, 6_000_000], run.Records.Select(record => record.Started));
    }

    private static void AssertAll(double expected, Distribution distribution)
    {
        Assert.Equal(expected, distribution.Mean, 1e-2);
        Assert.Equal(0, distribution.Std, 1e-2);
        Assert.Equal(expected, distribution.P50, expected * 1e-3);
        Assert.Equal(expected, distribution.P999, expected * 1e-3);
    }
}

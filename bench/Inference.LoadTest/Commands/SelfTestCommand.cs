using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Inference.LoadTest.Http;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Mock;
using Inference.LoadTest.Reports;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load selftest</c>: what this machine lets the harness measure, on a server whose answers are known, in another process.</summary>
internal static class SelfTestCommand
{
    /// <summary>Tokens per second, and the most of a core that the client may take for them.</summary>
    private const double Rate = 2000;
    private const double MaxCores = 0.15;

    public static Command Create()
    {
        var command = new Command("selftest", "Measures a server of its own whose times are known, and tells the error.");
        command.SetAction(async (_, cancellation) =>
        {
            var (streams, isGood) = await RunAsync("2,000 tokens/s over 64 streams", new MockTiming(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(32), 100),
                new RunOptions { Concurrency = 64, RampUp = 3, Requests = 256, WarmUpRequests = 64, InputTokens = 32, OutputTokens = 100, Model = "mock" }, cancellation);
            isGood &= CheckClient(streams);
            var (_, isOneGood) = await RunAsync("one stream", new MockTiming(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(20), 50),
                new RunOptions { Concurrency = 1, Requests = 4, WarmUpRequests = 4, InputTokens = 32, OutputTokens = 50, Model = "mock" }, cancellation);
            var (_, isOpenGood) = await RunAsync("5,000 requests/s, headers only", new MockTiming(TimeSpan.Zero, TimeSpan.Zero, 0),
                new RunOptions { Api = "get", RequestRate = "5000", Burstiness = double.PositiveInfinity, Duration = 8, WarmUp = 2, WarmUpRequests = 200 }, cancellation);
            return isGood && isOneGood && isOpenGood ? 0 : 1;
        });
        return command;
    }

    private static async Task<(RunSummary Run, bool IsGood)> RunAsync(string name, MockTiming timing, RunOptions options, CancellationToken cancellation)
    {
        using var mock = StartMock(timing);
        try
        {
            var address = await mock.StandardOutput.ReadLineAsync(cancellation) ?? throw new IOException("The mock server did not start.");
            var (run, _) = await new LoadSession(options with { Url = address, Name = name }, TimeProvider.System).RunAsync(cancellation);
            ConsoleReport.Print(run);
            var isGood = run.Requests.Failed == 0 && !run.Warnings.Any(warning => warning.StartsWith("The client", StringComparison.Ordinal));
            if (timing.Tokens > 0)
            {
                isGood &= Check("TTFT", run.Ttft, timing.FirstToken.TotalMilliseconds);
                isGood &= Check("TPOT", run.Tpot, timing.BetweenTokens.TotalMilliseconds);
                isGood &= Check("E2EL", run.E2el, (timing.FirstToken + (timing.Tokens - 1) * timing.BetweenTokens).TotalMilliseconds);
            }

            return (run, isGood);
        }
        finally
        {
            mock.Kill();
            await mock.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Within 2% or 2 ms.</summary>
    private static bool Check(string name, Distribution measured, double expected)
    {
        var error = measured.P50 - expected;
        var isGood = Math.Abs(error) <= Math.Max(2, 0.02 * expected);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {measured.P50:0.00} ms measured, {expected:0.00} ms sent, error {error:0.00} ms ({100 * error / expected:0.0}%){(isGood ? "" : ": TOO MUCH")}"));
        return isGood;
    }

    /// <summary>What the client itself takes: its clients begin one after another, so the rate that it is held to is a little above the mean.</summary>
    private static bool CheckClient(RunSummary run)
    {
        var cores = (run.ClientCpu ?? 0) * Rate / run.OutputThroughput;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"client: {cores:0.000} of a core for {Rate:0} tokens/s, at most {MaxCores:0.00}{(cores <= MaxCores ? "" : ": TOO MUCH")}"));
        return cores <= MaxCores;
    }

    private static Process StartMock(MockTiming timing)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Run by the dotnet host, the assembly is its first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(SelfTestCommand).Assembly.Location);
        foreach (var argument in new[]
        {
            "mock", "--port", "0", "--ttft", Milliseconds(timing.FirstToken), "--itl", Milliseconds(timing.BetweenTokens),
            "--tokens", timing.Tokens.ToString(CultureInfo.InvariantCulture),
        })
            start.ArgumentList.Add(argument);
        InlineCompletions.LeaveOut(start);
        return Process.Start(start)!;
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
}

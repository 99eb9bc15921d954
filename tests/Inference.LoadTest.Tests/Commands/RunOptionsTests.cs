using System.CommandLine;
using Inference.LoadTest.Commands;
using Inference.LoadTest.Experiments;
using Inference.LoadTest.Mock;

namespace Inference.LoadTest.Tests.Commands;

public sealed class RunOptionsTests
{
    [Fact]
    public void Read_CommandLine_GoesBeforeTheScenario()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, """{"api": "chat", "concurrency": 4, "requests": 10, "goodput": ["ttft:200"]}""");
        try
        {
            var options = Parse($"--scenario {path} --concurrency 8 --stream false --goodput ttft:1 tpot:2");

            Assert.Equal(("chat", 8, 10, false), (options.Api, options.Concurrency, options.Requests, options.Stream));
            Assert.Equal(["ttft:1", "tpot:2"], options.Goodput);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("0.5", 0.5)]
    public void Read_Burstiness_IsANumberOrInfinite(string text, double shape) => Assert.Equal(shape, Parse($"--burstiness {text}").Burstiness);

    [Fact]
    public void Read_BurstinessOfWords_NamesTheOption() =>
        Assert.StartsWith("--burstiness much:", Assert.Throws<FormatException>(() => Parse("--burstiness much")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "--requests or --duration")]
    [InlineData("--requests 0", "--requests 0")]
    [InlineData("--requests 1 --concurrency 0", "--concurrency 0")]
    [InlineData("--requests 1 --concurrency 2 --request-rate 5", "--concurrency, --request-rate, --trace")]
    [InlineData("--requests 1 --url nowhere", "--url nowhere")]
    [InlineData("--requests 1 --cancel-rate 2", "--cancel-rate 2")]
    public void Validate_Wrong_NamesTheOption(string arguments, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => Parse(arguments).Validate()).Message, StringComparison.Ordinal);

    [Fact]
    public void Scenarios_Committed_AreReadable()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Inference.sln")))
            folder = Path.GetDirectoryName(folder)!;

        var scenarios = Directory.GetFiles(Path.Combine(folder, "bench", "scenarios"), "*.json").Where(path => Path.GetFileName(path) != "batching.json").ToArray();
        Assert.NotEmpty(scenarios);
        Assert.All(scenarios, path => RunOptions.Read(path).Validate());
        var experiment = Experiment.Read(Path.Combine(folder, "bench", "scenarios", "batching.json"));
        Assert.All(experiment.Scenarios, scenario => Assert.Equal(experiment.Servers.Select(server => server.Name).Order(), scenario.Published.Keys.Order()));
    }

    [Fact]
    public async Task Session_OverSockets_GetsEveryToken()
    {
        await using var server = new MockServer(new MockTiming(TimeSpan.Zero, TimeSpan.Zero, 20));
        var options = new RunOptions { Url = server.Address.ToString(), Model = "mock", Concurrency = 8, Requests = 100, WarmUpRequests = 8, InputTokens = 300, OutputTokens = 20 };

        var (run, records) = await new LoadSession(options, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal((100, 2000, 0), (run.Requests.Completed, run.Tokens.Output, run.Tokens.OutputMismatches));
        Assert.All(records, record => Assert.Equal(20, record.Chunks.Count));
        Assert.All(records, record => Assert.True(record.Started <= record.Sending && record.Sending <= record.Sent && record.Sent <= record.Ended));
        Assert.InRange(run.Phases.Connecting.Count, 1, 99);
    }

    [Fact]
    public async Task Session_NobodyListens_FailsEachRequest()
    {
        var options = new RunOptions { Url = "http://127.0.0.1:1", Model = "m", Requests = 3, InputTokens = 4 };

        var (run, _) = await new LoadSession(options, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3, run.Requests.Failed);
        Assert.Contains("No request completed.", run.Warnings);
    }

    private static RunOptions Parse(string arguments)
    {
        var command = new Command("run");
        var options = new RunOptionSet(command);
        return options.Read(command.Parse(arguments));
    }
}

using System.CommandLine;
using Inference.LoadTest.Commands;
using Inference.LoadTest.Mock;
using Inference.LoadTest.Reports;

namespace Inference.LoadTest.Tests.Commands;

/// <summary>Commands as they are typed, against a server over sockets.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("inference-load").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sweep_Repeated_GivesFilesThatCompareAndCapacityRead()
    {
        await using var server = new MockServer(new MockTiming(TimeSpan.FromMilliseconds(1), TimeSpan.Zero, 4));
        var (json, html, csv, jsonl) = (File("sweep.json"), File("sweep.html"), File("sweep.csv"), File("sweep.jsonl"));

        Assert.Equal(0, await InvokeAsync(SweepCommand.Create(),
            $"--url {server.Address} --model m --input-tokens 8 --output-tokens 4 --requests 3 --concurrencies 1,2 --repeats 2 --json {json} --html {html} --csv {csv} --jsonl {jsonl}"));

        var runs = SummaryFile.Read(json);
        Assert.Equal([1, 2, 1, 2], runs.Select(run => run.Concurrency!.Value));
        Assert.Equal([3, 6, 3, 6], runs.Select(run => run.Requests.Completed));
        // Every measurement has prompts of its own.
        Assert.Equal(4, runs.Select(run => run.Settings.GetValueOrDefault("seed")).Distinct().Count());
        Assert.Equal(5, (await System.IO.File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken)).Length);
        Assert.Equal(6, (await System.IO.File.ReadAllLinesAsync(jsonl, TestContext.Current.CancellationToken)).Length);
        Assert.Contains("Means with intervals of 95% confidence", await System.IO.File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var compared = File("compared.html");
        Assert.Equal(0, await InvokeAsync(CompareCommand.Create(), $"{json} {json} --html {compared}"));
        Assert.True(System.IO.File.Exists(compared));
        Assert.Equal(0, await InvokeAsync(CapacityCommand.Create(), $"{json} --goodput ttft:60000"));
    }

    [Fact]
    public async Task Run_Repeated_WritesEachOfThem()
    {
        await using var server = new MockServer(new MockTiming(TimeSpan.Zero, TimeSpan.Zero, 4));

        Assert.Equal(0, await InvokeAsync(RunCommand.Create(),
            $"--url {server.Address} --model m --input-tokens 8 --output-tokens 4 --requests 2 --repeats 3 --json {File("run.json")}"));

        Assert.Equal(3, SummaryFile.Read(File("run.json")).Count);
    }

    [Theory]
    [InlineData("ttft:60000", 0)]
    [InlineData("ttft:1", 1)]
    public async Task Search_ServiceLevel_IsFoundOrToldToBeOutOfReach(string level, int exitCode)
    {
        await using var server = new MockServer(new MockTiming(TimeSpan.FromMilliseconds(20), TimeSpan.Zero, 1));

        Assert.Equal(exitCode, await InvokeAsync(SearchCommand.Create(),
            $"--url {server.Address} --model m --input-tokens 8 --output-tokens 1 --requests 2 --start 100 --burstiness inf --goodput {level}"));
    }

    [Fact]
    public async Task Run_NoRepeats_NamesTheOption()
    {
        var exception = await Assert.ThrowsAsync<FormatException>(() => InvokeAsync(RunCommand.Create(), "--requests 1 --repeats 0"));

        Assert.StartsWith("--repeats 0:", exception.Message, StringComparison.Ordinal);
    }

    private string File(string name) => Path.Combine(_folder, name);

    private static async Task<int> InvokeAsync(Command command, string arguments) => await command.Parse(arguments)
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken)
        .WaitAsync(Limit, TestContext.Current.CancellationToken);
}

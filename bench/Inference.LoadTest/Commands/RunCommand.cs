using System.CommandLine;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load run</c>: one load.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var repeats = RepeatsOption();
        var command = new Command("run", "Sends one load and reports on it.") { repeats };
        var options = new RunOptionSet(command);
        var outputs = new OutputSet(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var given = options.Read(parse);
            var runs = new List<RunSummary>();
            IReadOnlyList<RequestRecord> records = [];
            for (var i = 0; i < Repeats(parse, repeats) && !cancellation.IsCancellationRequested; i++)
            {
                (var run, records) = await RunAsync(given with { Seed = given.Seed + i }, cancellation);
                ConsoleReport.Print(run);
                runs.Add(run);
            }

            if (runs.Count > 1)
                RunsTable.Print(runs);
            outputs.Write(parse, runs, records);
            return runs.Any(run => run.Requests.Completed > 0) ? 0 : 1;
        });
        return command;
    }

    /// <summary>With a live table while it runs.</summary>
    internal static async Task<(RunSummary Summary, IReadOnlyList<RequestRecord> Records)> RunAsync(RunOptions options, CancellationToken cancellation)
    {
        var session = new LoadSession(options, TimeProvider.System);
        var running = session.RunAsync(cancellation);
        await LiveTable.ShowAsync(options.Name ?? options.Url, session.Live, running);
        return await running;
    }

    internal static Option<int> RepeatsOption() => new("--repeats")
    {
        Description = "How often everything is measured, each time with requests of its own (of the next seed): means with intervals of 95% confidence.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    internal static int Repeats(ParseResult parse, Option<int> option) =>
        parse.GetValue(option) is >= 1 and var repeats ? repeats : throw new FormatException($"--repeats {parse.GetValue(option)}: at least 1.");
}

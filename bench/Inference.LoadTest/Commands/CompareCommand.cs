using System.CommandLine;
using System.Globalization;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;
using Spectre.Console;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load compare</c>: runs of several files, side by side.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "Summaries that --json wrote.", Arity = ArgumentArity.OneOrMore };
        var html = new Option<string?>("--html") { Description = "A report with plots, in one file.", HelpName = "FILE" };
        var command = new Command("compare", "Shows runs of several files side by side.") { files, html };
        command.SetAction(parse =>
        {
            var paths = parse.GetValue(files)!;
            var runs = paths.SelectMany(path => SummaryFile.Read(path).Select(run => run with { Name = NameOf(run, path, paths) })).ToArray();
            RunsTable.Print(runs);
            if (paths.Length == 2 && runs.Length == 2)
                PrintChanges(runs[0], runs[1]);
            if (parse.GetValue(html) is { } path)
                WholeFile.Write(path, HtmlReport.Of(runs, []));
        });
        return command;
    }

    private static string NameOf(RunSummary run, string path, string[] paths) =>
        paths.Length == 1 ? run.Name : $"{Path.GetFileNameWithoutExtension(path)}: {run.Name}";

    private static void PrintChanges(RunSummary before, RunSummary after)
    {
        foreach (var (name, value) in new (string, Func<RunSummary, double>)[]
        {
            ("requests/s", run => run.RequestThroughput), ("output tokens/s", run => run.OutputThroughput), ("TTFT p50", run => run.Ttft.P50), ("TTFT p99", run => run.Ttft.P99),
            ("TPOT p50", run => run.Tpot.P50), ("ITL p99", run => run.Itl.P99), ("E2EL p50", run => run.E2el.P50), ("E2EL p99", run => run.E2el.P99),
        })
        {
            if (value(before) > 0)
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{name}: {value(before):0.##} to {value(after):0.##}, {100 * (value(after) / value(before) - 1):+0.0;-0.0;0}%");
        }
    }
}

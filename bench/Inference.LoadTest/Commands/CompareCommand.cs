using System.CommandLine;
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
        var command = new Command("compare", "Shows runs of several files side by side, and of two files what changed, with intervals where runs were repeated.") { files, html };
        command.SetAction(parse =>
        {
            var paths = parse.GetValue(files)!;
            var perFile = paths.Select(path => SummaryFile.Read(path).Select(run => run with { Name = NameOf(run, path, paths) }).ToArray()).ToArray();
            var runs = perFile.SelectMany(of => of).ToArray();
            RunsTable.Print(runs);
            if (perFile is [var before, var after])
                PrintChanges(before, after);
            if (parse.GetValue(html) is { } path)
                WholeFile.Write(path, HtmlReport.Of(runs, []));
        });
        return command;
    }

    private static string NameOf(RunSummary run, string path, string[] paths)
    {
        if (paths.Length == 1)
            return run.Name;
        var isAlone = paths.Count(other => Path.GetFileName(other) == Path.GetFileName(path)) == 1;
        return $"{(isAlone ? Path.GetFileNameWithoutExtension(path) : path)}: {run.Name}";
    }

    private static void PrintChanges(RunSummary[] before, RunSummary[] after)
    {
        if (EstimateTable.Changes(before, after) is not { Count: > 0 } changes)
            return;
        AnsiConsole.WriteLine("From the first file to the second, with intervals of 95% confidence where both were repeated:");
        RunsTable.Print(changes);
    }
}

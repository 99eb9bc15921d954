using System.CommandLine;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Commands;

/// <summary>The files that a command may write.</summary>
internal sealed class OutputSet
{
    private readonly Option<string?> _json = File("--json", "The summary as JSON; of several runs, an array.");
    private readonly Option<string?> _csv = File("--csv", "A line for each run.");
    private readonly Option<string?> _records = File("--jsonl", "A line for each request (of the last run); --trace replays it.");
    private readonly Option<string?> _html = File("--html", "A report with plots, in one file.");

    public OutputSet(Command command)
    {
        foreach (var option in new[] { _json, _csv, _records, _html })
            command.Add(option);
    }

    public void Write(ParseResult parse, IReadOnlyList<RunSummary> runs, IReadOnlyList<RequestRecord> records)
    {
        if (parse.GetValue(_json) is { } json)
            SummaryFile.Write(json, runs);
        if (parse.GetValue(_csv) is { } csv)
            WholeFile.Write(csv, CsvReport.Of(runs));
        if (parse.GetValue(_records) is { } jsonl)
            WholeFile.Write(jsonl, RecordLines.Of(records));
        if (parse.GetValue(_html) is { } html)
            WholeFile.Write(html, HtmlReport.Of(runs, records));
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}

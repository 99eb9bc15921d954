using System.Globalization;
using System.Text;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;

namespace Inference.LoadTest.Experiments;

/// <summary>An experiment as Markdown with plots beside it, as CSV, and as one page.</summary>
internal sealed class ExperimentReport(Experiment experiment, IReadOnlyList<ExperimentPoint> points, string command)
{
    private const string Folder = "results";

    /// <summary>Writes RESULTS.md into a folder, and everything else into its folder results.</summary>
    public void Write(string folder)
    {
        var how = Text($"Measured {points[0].Run.StartedAt:yyyy-MM-dd} by `{command}` at commit {Machine.Commit()}, on {Machine.Describe()}. ")
            + Text($"Closed loop, requests for each client: {experiment.RequestsPerClient}; {Rounds()} with the servers loaded in turn; medians of the rounds, and of throughput the range.");
        var markdown = new StringBuilder($"# {experiment.Title}\n\n{experiment.Introduction}\n\n{how}\n");
        foreach (var scenario in experiment.Scenarios)
            Scenario(markdown, scenario, folder);
        markdown.Append("\n## Reproduce\n`bench/run-experiment` (or `--quick` for a look of some minutes); [all latencies in one page](results/batching.html), [every measurement](results/batching.csv).\n");

        WholeFile.Write(Path.Combine(folder, Folder, "batching.html"), HtmlReport.Page(
            experiment.Title,
            [experiment.Introduction, how.Replace("`", "", StringComparison.Ordinal)],
            [.. experiment.Scenarios.Select(scenario => new ReportSection(scenario.Name, Medians(scenario), Published(scenario)))],
            []));
        var runs = points.Select(point => point.Run with { Name = $"{point.Scenario.Name}: {point.Server}" });
        WholeFile.Write(Path.Combine(folder, Folder, "batching.csv"), CsvReport.Of(runs));
        WholeFile.Write(Path.Combine(folder, "RESULTS.md"), markdown.ToString());
    }

    private string Rounds() => experiment.Rounds == 1 ? "one round" : FormattableString.Invariant($"{experiment.Rounds} rounds");

    private void Scenario(StringBuilder markdown, ExperimentScenario scenario, string folder)
    {
        var slug = FormattableString.Invariant($"{scenario.InputTokens}-{scenario.OutputTokens}");
        markdown.Append($"\n## {scenario.Name}\n\n").Append(SummaryTable.Markdown(Published(scenario)));
        markdown.Append('\n').Append(SummaryTable.Markdown(Measured(scenario)));
        markdown.Append('\n');
        foreach (var (plot, i) in RunPlots.OverLoad(Medians(scenario)).Select((plot, i) => (plot, i)))
        {
            WholeFile.Write(Path.Combine(folder, Folder, $"{slug}-{i}.svg"), plot.Render(standalone: true));
            markdown.Append(CultureInfo.InvariantCulture, $"<img src=\"{Folder}/{slug}-{i}.svg\" width=\"48%\" alt=\"plot {i + 1} of {scenario.Name}\">\n");
        }
    }

    /// <summary>The most clients, beside what was published.</summary>
    private List<string[]> Published(ExperimentScenario scenario)
    {
        var most = experiment.Concurrencies.Max();
        var names = experiment.Servers.Select(server => server.Name).ToArray();
        var (ours, published) = (names.Select(name => Of(scenario, most, name)).ToArray(), names.Select(name => scenario.Published.GetValueOrDefault(name)).ToArray());
        List<string[]> rows = [["setting", $"output tokens/s, {most} clients", "over the first", "E2EL p90, s", "published tokens/s", "over the first", "published p90, s"]];
        for (var i = 0; i < names.Length; i++)
        {
            rows.Add(
            [
                names[i],
                Text($"{ours[i].Throughput:0.0}"),
                Text($"{ours[i].Throughput / ours[0].Throughput:0.00}"),
                Text($"{ours[i].Run.E2el.P90 / 1000:0.00}"),
                published[i] is { } figures ? Text($"{figures.OutputThroughput:0.00}") : "",
                published[i] is { } ratio && published[0] is { } first ? Text($"{ratio.OutputThroughput / first.OutputThroughput:0.00}") : "",
                published[i] is { } latency ? Text($"{latency.E2elP90Seconds:0.00}") : "",
            ]);
        }

        return rows;
    }

    private List<string[]> Measured(ExperimentScenario scenario)
    {
        List<string[]> rows = [["setting", "clients", "output tokens/s (range)", "TTFT ms p50 / p90", "TPOT ms p50 / p90", "E2EL s p50 / p90"]];
        foreach (var server in experiment.Servers)
        {
            foreach (var clients in experiment.Concurrencies)
            {
                var cell = Of(scenario, clients, server.Name);
                rows.Add(
                [
                    server.Name, Text($"{clients}"), Text($"{cell.Throughput:0.0} ({cell.Least:0.0} - {cell.Most:0.0})"),
                    Text($"{cell.Run.Ttft.P50:0} / {cell.Run.Ttft.P90:0}"), Text($"{cell.Run.Tpot.P50:0.0} / {cell.Run.Tpot.P90:0.0}"),
                    Text($"{cell.Run.E2el.P50 / 1000:0.00} / {cell.Run.E2el.P90 / 1000:0.00}"),
                ]);
            }
        }

        return rows;
    }

    private IReadOnlyList<RunSummary> Medians(ExperimentScenario scenario) =>
        [.. experiment.Servers.SelectMany(server => experiment.Concurrencies.Select(clients => Of(scenario, clients, server.Name).Run))];

    /// <summary>Of one cell's rounds, the run whose throughput is the median, and the range.</summary>
    private (RunSummary Run, double Throughput, double Least, double Most) Of(ExperimentScenario scenario, int clients, string server)
    {
        var runs = points.Where(point => point.Scenario == scenario && point.Clients == clients && point.Server == server).Select(point => point.Run).ToArray();
        var median = new RepeatedRuns(server, runs).Median;
        return (median, median.OutputThroughput, runs.Min(run => run.OutputThroughput), runs.Max(run => run.OutputThroughput));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

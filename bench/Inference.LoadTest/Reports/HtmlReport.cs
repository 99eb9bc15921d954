using System.Globalization;
using System.Net;
using System.Text;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Reports;

/// <summary>Runs as one page that needs nothing else: tables and plots, for light and dark, for wide and narrow.</summary>
internal static class HtmlReport
{
    /// <summary>At most so many distributions are told apart in one plot.</summary>
    private const int MaxLines = 8;

    /// <param name="runs">At least one.</param>
    /// <param name="records">Requests of the last one; may be empty.</param>
    public static string Of(IReadOnlyList<RunSummary> runs, IReadOnlyList<RequestRecord> records) =>
        Page(runs.Count == 1 ? runs[0].Name : "Load test", [(runs.Count == 1 ? "Summary" : "Runs", runs)], records);

    /// <param name="title">The heading.</param>
    /// <param name="sections">Runs that belong together, at least one in each.</param>
    /// <param name="records">Requests of the last run; may be empty.</param>
    public static string Page(string title, IReadOnlyList<(string Heading, IReadOnlyList<RunSummary> Runs)> sections, IReadOnlyList<RequestRecord> records)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Append($"<title>{Escape(title)}</title><style>{SvgPlot.Style}\n{Style()}</style></head>\n<body><main><h1>{Escape(title)}</h1>\n");
        var first = sections[0].Runs[0];
        page.Append(CultureInfo.InvariantCulture, $"<p>{first.StartedAt:yyyy-MM-dd HH:mm} UTC</p>\n");
        if (sections is [{ Runs.Count: 1 }] && first.Settings.Count > 0)
            page.Append($"<p>{Escape(string.Join(", ", first.Settings.Select(setting => $"{setting.Key} {setting.Value}")))}</p>\n");
        foreach (var (heading, runs) in sections)
            Section(page, heading, runs, sections.Count == 1 ? records : []);
        return page.Append("</main></body></html>\n").ToString();
    }

    private static void Section(StringBuilder page, string heading, IReadOnlyList<RunSummary> runs, IReadOnlyList<RequestRecord> records)
    {
        page.Append($"<h2>{Escape(heading)}</h2>\n");
        foreach (var warning in runs.SelectMany(run => run.Warnings.Select(warning => runs.Count == 1 ? warning : $"{run.Name}: {warning}")).Distinct())
            page.Append($"<p class=\"warning\">{Escape(warning)}</p>\n");
        Table(page, SummaryTable.Of(runs));
        if (EstimateTable.Means(runs) is { Count: > 0 } means)
        {
            page.Append("<h3>Means with intervals of 95% confidence</h3>\n");
            Table(page, means);
        }

        var plots = runs.Count > 1 ? RunPlots.OverLoad(runs) : RunPlots.OverTime(runs[0], records);
        if (runs.Count <= MaxLines)
            plots = plots.Concat(RunPlots.Distributions(runs));
        page.Append("<div class=\"plots\">\n");
        foreach (var plot in plots)
            page.Append("<figure>").Append(plot.Render()).Append("</figure>\n");
        page.Append("</div>\n");
    }

    private static void Table(StringBuilder page, IReadOnlyList<string[]> rows)
    {
        page.Append("<div class=\"table\"><table>\n");
        for (var i = 0; i < rows.Count; i++)
        {
            var tag = i == 0 ? "th" : "td";
            page.Append("<tr>").AppendJoin("", rows[i].Select(cell => $"<{tag}>{Escape(cell)}</{tag}>")).Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static string Style()
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}

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
    public static string Of(IReadOnlyList<RunSummary> runs, IReadOnlyList<RequestRecord> records)
    {
        var (first, isOne) = (runs[0], runs.Count == 1);
        string[] notes = isOne && first.Settings.Count > 0 ? [string.Join(", ", first.Settings.Select(setting => $"{setting.Key} {setting.Value}"))] : [];
        return Page(isOne ? first.Name : "Load test", notes, [new ReportSection(isOne ? "Summary" : "Runs", runs)], records);
    }

    /// <param name="title">The heading.</param>
    /// <param name="notes">Paragraphs below it.</param>
    /// <param name="sections">At least one.</param>
    /// <param name="records">Requests of the last run, where there is one section; may be empty.</param>
    public static string Page(string title, IReadOnlyList<string> notes, IReadOnlyList<ReportSection> sections, IReadOnlyList<RequestRecord> records)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Append($"<title>{Escape(title)}</title><style>{SvgPlot.Style}\n{Style()}</style></head>\n<body><main><h1>{Escape(title)}</h1>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p>{sections[0].Runs[0].StartedAt:yyyy-MM-dd HH:mm} UTC</p>\n");
        foreach (var note in notes)
            page.Append($"<p>{Escape(note)}</p>\n");
        foreach (var section in sections)
            Section(page, section, sections.Count == 1 ? records : []);
        return page.Append("</main></body></html>\n").ToString();
    }

    private static void Section(StringBuilder page, ReportSection section, IReadOnlyList<RequestRecord> records)
    {
        var runs = section.Runs;
        page.Append($"<h2>{Escape(section.Heading)}</h2>\n");
        foreach (var warning in runs.SelectMany(run => run.Warnings.Select(warning => runs.Count == 1 ? warning : $"{run.Name}, {SummaryTable.Load(run)}: {warning}")).Distinct())
            page.Append($"<p class=\"warning\">{Escape(warning)}</p>\n");
        if (section.Table is { } table)
            Table(page, table);
        Table(page, SummaryTable.Of(runs));
        if (EstimateTable.Means(runs) is { Count: > 0 } means)
        {
            page.Append("<h3>Means with intervals of 95% confidence</h3>\n");
            Table(page, means);
        }

        page.Append("<div class=\"plots\">\n");
        foreach (var plot in (runs.Count > 1 ? RunPlots.OverLoad(runs) : RunPlots.OverTime(runs[0], records)).Concat(Distributions(runs)))
            page.Append("<figure>").Append(plot.Render()).Append("</figure>\n");
        page.Append("</div>\n");
    }

    /// <summary>Of all runs (the median of repeated ones), or else of those under the most load, unless they are still too many.</summary>
    private static IEnumerable<SvgPlot> Distributions(IReadOnlyList<RunSummary> runs)
    {
        IReadOnlyList<RunSummary> shown = [.. RepeatedRuns.Of(runs).Select(same => same.Median)];
        if (shown.Count > MaxLines)
            shown = [.. shown.Where(run => run.Load == shown.Max(other => other.Load))];
        return shown.Count <= MaxLines ? RunPlots.Distributions(shown) : [];
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

using Inference.LoadTest.Measures;
using Spectre.Console;

namespace Inference.LoadTest.Reports;

/// <summary>Runs side by side on the console.</summary>
internal static class RunsTable
{
    /// <summary>The runs, and the means of those that were repeated.</summary>
    public static void Print(IReadOnlyList<RunSummary> runs)
    {
        Print(SummaryTable.Of(runs));
        if (EstimateTable.Means(runs) is not { Count: > 0 } means)
            return;
        AnsiConsole.WriteLine("Means with intervals of 95% confidence:");
        Print(means);
    }

    /// <summary>Rows of cells, the first the heading. What all rows have in common in the first column is their title.</summary>
    public static void Print(IReadOnlyList<string[]> rows)
    {
        var isCommon = rows.Count > 2 && rows.Skip(2).All(row => row[0] == rows[1][0]);
        var first = isCommon ? 1 : 0;
        var table = new Table();
        if (isCommon)
            table.Title(Markup.Escape(rows[1][0]));
        foreach (var heading in rows[0].Skip(first))
            table.AddColumn(new TableColumn(Markup.Escape(heading)));
        foreach (var row in rows.Skip(1))
            table.AddRow([.. row.Skip(first).Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }
}

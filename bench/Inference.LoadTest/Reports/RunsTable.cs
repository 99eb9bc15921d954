using Inference.LoadTest.Measures;
using Spectre.Console;

namespace Inference.LoadTest.Reports;

/// <summary>Runs side by side on the console.</summary>
internal static class RunsTable
{
    public static void Print(IReadOnlyList<RunSummary> runs)
    {
        var rows = SummaryTable.Of(runs);
        var table = new Table();
        foreach (var heading in rows[0])
            table.AddColumn(new TableColumn(Markup.Escape(heading)));
        foreach (var row in rows.Skip(1))
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }
}

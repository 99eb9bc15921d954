using System.CommandLine;
using Inference.LoadTest.Reports;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load run</c>: one load.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Sends one load and reports on it.");
        var options = new RunOptionSet(command);
        var outputs = new OutputSet(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var (summary, records) = await RunAsync(options.Read(parse), cancellation);
            ConsoleReport.Print(summary);
            outputs.Write(parse, [summary], records);
            return summary.Requests.Completed > 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>With a live table while it runs.</summary>
    internal static async Task<(Measures.RunSummary Summary, IReadOnlyList<Runs.RequestRecord> Records)> RunAsync(
        RunOptions options, CancellationToken cancellation)
    {
        var session = new LoadSession(options, TimeProvider.System);
        var running = session.RunAsync(cancellation);
        await LiveTable.ShowAsync(options.Name ?? options.Url, session.Live, running);
        return await running;
    }
}

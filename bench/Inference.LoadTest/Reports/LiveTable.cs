using System.Diagnostics;
using System.Globalization;
using Inference.LoadTest.Runs;
using Spectre.Console;

namespace Inference.LoadTest.Reports;

/// <summary>How a run goes, while it goes; nothing where nobody watches (a pipe, a log).</summary>
internal static class LiveTable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    public static async Task ShowAsync(string name, LiveStatistics live, Task running)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            return;

        var start = Stopwatch.GetTimestamp();
        var tokens = 0L;
        await AnsiConsole.Live(new Text("")).AutoClear(true).StartAsync(async context =>
        {
            while (!running.IsCompleted)
            {
                context.UpdateTarget(Table(name, Stopwatch.GetElapsedTime(start), live, (live.Tokens - tokens) / Period.TotalSeconds));
                tokens = live.Tokens;
                await Task.WhenAny(running, Task.Delay(Period));
            }
        });
    }

    private static Table Table(string name, TimeSpan elapsed, LiveStatistics live, double rate)
    {
        var firsts = live.FirstTokens();
        string[] Row(params FormattableString[] cells) => [.. cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture))];
        return new Table()
            .Title(Markup.Escape(name))
            .AddColumns("seconds", "done", "in flight", "failed", "tokens/s", "TTFT ms p50", "p99")
            .AddRow(Row($"{elapsed.TotalSeconds:0}", $"{live.EndedRequests}", $"{live.InFlight}", $"{live.Failed}", $"{rate:0}", $"{firsts.P50:0.0}", $"{firsts.P99:0.0}"));
    }
}

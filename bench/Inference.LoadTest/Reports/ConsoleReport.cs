using System.Globalization;
using Inference.LoadTest.Measures;
using Spectre.Console;

namespace Inference.LoadTest.Reports;

/// <summary>A run on the console.</summary>
internal static class ConsoleReport
{
    public static void Print(RunSummary run)
    {
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"\n[bold]{run.Name}[/]: {run.Requests.Completed} requests in {run.Duration:0.00} s, {run.Requests.Failed} failed, {run.Requests.Cancelled} cancelled, {run.Requests.Incomplete} incomplete");
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"requests/s {run.RequestThroughput:0.00}   output tokens/s {run.OutputThroughput:0.0}   all tokens/s {run.TotalTokenThroughput:0.0}   concurrency mean {run.MeanConcurrency:0.0}, max {run.MaxConcurrency}");
        if (run.Slo is not null)
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"goodput {run.Goodput:0.00} requests/s, {100 * run.GoodShare:0.0}% within {run.Slo}");
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"tokens: {run.Tokens.Prompt} in, {run.Tokens.Output} out ({run.Tokens.PerEvent:0.00} an event){(run.Tokens.Cached is { } cached ? $", {cached} cached" : "")}   client: {run.ClientCpu:0.00} cores, late by p99 {run.SchedulingLag.P99:0.00} ms");
        AnsiConsole.Write(Latencies(run));
        foreach (var (error, count) in run.Errors)
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{count} x {error}[/]");
        foreach (var warning in run.Warnings)
            AnsiConsole.MarkupLineInterpolated($"[yellow]{warning}[/]");
    }

    private static Table Latencies(RunSummary run)
    {
        var table = new Table().AddColumns("milliseconds", "mean", "std", "p50", "p90", "p95", "p99", "p99.9", "max");
        foreach (var (name, measure) in new[]
        {
            ("TTFT", run.Ttft), ("TPOT", run.Tpot), ("ITL", run.Itl), ("E2EL", run.E2el), ("blocked", run.Phases.Blocked), ("connecting", run.Phases.Connecting),
            ("sending", run.Phases.Sending), ("waiting", run.Phases.Waiting), ("receiving", run.Phases.Receiving),
        })
        {
            if (measure.Count > 0)
                table.AddRow([name, .. new[] { measure.Mean, measure.Std, measure.P50, measure.P90, measure.P95, measure.P99, measure.P999, measure.Max }.Select(Number)]);
        }

        return table;
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture);
}

using System.Text;
using System.Text.Json;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Reports;

/// <summary>A JSON line for each request: seconds since the run began, latencies in milliseconds.</summary>
internal static class RecordLines
{
    public static string Of(IEnumerable<RequestRecord> records)
    {
        var lines = new StringBuilder();
        foreach (var record in records)
            lines.Append(JsonSerializer.Serialize(LineOf(record), LoadJson.Options)).Append('\n');
        return lines.ToString();
    }

    private static Line LineOf(RequestRecord record) => new(
        record.Index,
        record.Turn,
        RunClock.Seconds(record.Intended),
        record.Outcome.ToString().ToLowerInvariant(),
        record.Error,
        record.Status,
        record.PromptTokens,
        record.OutputTokens,
        record.ServerCachedTokens,
        RunClock.Milliseconds(record.SchedulingLag),
        record.TimeToFirstToken / 1e3,
        record.TimePerOutputToken / 1e3,
        record.EndToEndLatency / 1e3,
        record.Chunks.Zip(record.Chunks.Skip(1), (a, b) => (b - a) / 1e3).ToArray());

    private sealed record Line(
        int Index, int Turn, double Start, string Outcome, string? Error, int Status, int InputTokens, int OutputTokens, int? CachedTokens,
        double SchedulingLagMs, double? TtftMs, double? TpotMs, double E2elMs, double[] ItlMs);
}

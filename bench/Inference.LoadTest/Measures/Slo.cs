using System.Globalization;

namespace Inference.LoadTest.Measures;

/// <summary>A service level: the most that each latency of a request may be, in milliseconds; null is no limit.</summary>
internal sealed record Slo(double? TtftMs = null, double? TpotMs = null, double? E2elMs = null)
{
    /// <param name="limits">Such as ttft:200, tpot:50, e2el:5000.</param>
    /// <exception cref="FormatException">A limit is not as above.</exception>
    public static Slo Parse(IEnumerable<string> limits)
    {
        var slo = new Slo();
        foreach (var limit in limits)
        {
            if (limit.Split(':') is not [var name, var text]
                || !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                throw Malformed(limit);
            slo = name switch
            {
                "ttft" => slo with { TtftMs = value },
                "tpot" => slo with { TpotMs = value },
                "e2el" => slo with { E2elMs = value },
                _ => throw Malformed(limit),
            };
        }

        return slo;
    }

    /// <summary>Whether a completed request is good: no latency exceeds its limit. One token has no TPOT, and meets any.</summary>
    public bool Holds(Runs.RequestRecord request) =>
        (TtftMs is null || request.TimeToFirstToken / 1e3 <= TtftMs)
        && (TpotMs is null || (request.TimePerOutputToken ?? 0) / 1e3 <= TpotMs)
        && (E2elMs is null || request.EndToEndLatency / 1e3 <= E2elMs);

    public override string ToString() => string.Join(' ', new[] { Text("ttft", TtftMs), Text("tpot", TpotMs), Text("e2el", E2elMs) }.OfType<string>());

    private static string? Text(string name, double? limit) => limit is { } value ? string.Create(CultureInfo.InvariantCulture, $"{name}:{value}") : null;

    private static FormatException Malformed(string limit) =>
        new($"--goodput {limit}: a limit is ttft:MS, tpot:MS or e2el:MS, in milliseconds.");
}

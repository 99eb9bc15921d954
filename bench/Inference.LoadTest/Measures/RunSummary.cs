using System.Text.Json.Serialization;

namespace Inference.LoadTest.Measures;

/// <summary>What came of a run. Latencies are in milliseconds, of completed requests alone; rates are per second.</summary>
internal sealed record RunSummary
{
    /// <summary>The format of the file; raised when a reader of the one before would misread it.</summary>
    public int FormatVersion { get; init; } = 1;

    public required string Name { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What was run, as options.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Clients of a closed loop.</summary>
    public double? Concurrency { get; init; }

    /// <summary>Requests per second of an open one whose rate does not change.</summary>
    public double? RequestRate { get; init; }

    /// <summary>The load's place on an axis.</summary>
    [JsonIgnore]
    public double Load => RequestRate ?? Concurrency ?? MeanConcurrency;

    /// <summary>Seconds that were measured: from the first request to the last answer, less warm-up and cool-down.</summary>
    public required double Duration { get; init; }

    public required RequestCounts Requests { get; init; }

    /// <summary>Failures by what went wrong.</summary>
    public required IReadOnlyDictionary<string, int> Errors { get; init; }

    public required TokenCounts Tokens { get; init; }

    /// <summary>Completed requests per second.</summary>
    public required double RequestThroughput { get; init; }

    public required double OutputThroughput { get; init; }

    /// <summary>Prompt and output.</summary>
    public required double TotalTokenThroughput { get; init; }

    /// <summary>The level that goodput counts by; null if none was given.</summary>
    public Slo? Slo { get; init; }

    /// <summary>Completed requests per second that met it.</summary>
    public double? Goodput { get; init; }

    /// <summary>Their share of all that completed or failed.</summary>
    public double? GoodShare { get; init; }

    /// <summary>Requests under way: the mean over the time measured, and the most.</summary>
    public required double MeanConcurrency { get; init; }

    public required int MaxConcurrency { get; init; }

    /// <summary>Time to first token, from when the request was due.</summary>
    public required Distribution Ttft { get; init; }

    /// <summary>(E2EL - TTFT) / (output tokens - 1), of requests with more than one.</summary>
    public required Distribution Tpot { get; init; }

    /// <summary>Times between events with output, of all requests.</summary>
    public required Distribution Itl { get; init; }

    /// <summary>To the last output, from when the request was due.</summary>
    public required Distribution E2el { get; init; }

    /// <summary>E2EL per output token.</summary>
    public required Distribution Ntpot { get; init; }

    public required PhaseTimes Phases { get; init; }

    /// <summary>How late the client took requests up.</summary>
    public required Distribution SchedulingLag { get; init; }

    /// <summary>Processor cores that the client kept busy; null if unknown.</summary>
    public double? ClientCpu { get; init; }

    public required IReadOnlyList<TimelinePoint> Timeline { get; init; }

    /// <summary>The server's own metrics, if they were read: how counters grew, and the most that gauges were.</summary>
    public IReadOnlyDictionary<string, double>? ServerMetrics { get; init; }

    /// <summary>What is to be known before the figures are believed.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

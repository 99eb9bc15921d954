namespace Inference.LoadTest.Measures;

/// <summary>What is known of a run beside its requests.</summary>
internal sealed record RunDescription
{
    public required string Name { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public double? Concurrency { get; init; }

    public double? RequestRate { get; init; }

    /// <summary>Whether requests may have waited at the client on purpose, so that lateness is no fault of its.</summary>
    public bool QueuesAtClient { get; init; }

    /// <summary>Whether all prompts are random, without anything in common: what a server finds of them in a cache is from another run.</summary>
    public bool PromptsAreNew { get; init; }

    public Slo? Slo { get; init; }

    public TimeSpan WarmUp { get; init; }

    public TimeSpan CoolDown { get; init; }

    /// <summary>Processor time of the client; null if others ran in its process.</summary>
    public double? ClientCpuSeconds { get; init; }

    public IReadOnlyDictionary<string, double>? ServerMetrics { get; init; }
}

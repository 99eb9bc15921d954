namespace Inference.LoadTest.Runs;

/// <summary>How much is sent, and when a run ends; null is no limit.</summary>
internal sealed record RunPlan
{
    /// <summary>Requests to send, or conversations where they have several turns.</summary>
    public int? Requests { get; init; }

    /// <summary>How long requests are sent.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long those under way then may go on.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failures after which no more are sent.</summary>
    public int? MaxErrors { get; init; }

    /// <summary>The data set's number to begin with.</summary>
    public int FirstIndex { get; init; }

    /// <summary>The share of requests that the client gives up, after so many events with output.</summary>
    public double CancelRate { get; init; }

    public int CancelAfter { get; init; } = 1;

    /// <summary>Decides which.</summary>
    public int Seed { get; init; }
}

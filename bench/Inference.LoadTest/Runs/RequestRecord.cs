namespace Inference.LoadTest.Runs;

/// <summary>
/// What happened to one request. Times are microseconds of the <see cref="RunClock"/>; 0 or less stands for what never happened.
/// Written by the one flow that sends the request, read when it has ended.
/// </summary>
internal sealed class RequestRecord
{
    /// <summary>Which request of the data set, and which turn of its conversation.</summary>
    public required int Index { get; init; }

    public int Turn { get; init; }

    /// <summary>When the load demanded it: latencies count from here, so a client that comes late does not flatter the server.</summary>
    public required long Intended { get; init; }

    /// <summary>Tokens of the prompt by the data set's count, and tokens that were asked for.</summary>
    public int AskedPromptTokens { get; init; }

    public int AskedOutputTokens { get; init; }

    /// <summary>Whether the prompt was token ids, so that their number is known.</summary>
    public bool HasTokenIds { get; init; }

    public RequestOutcome Outcome { get; set; } = RequestOutcome.Incomplete;

    /// <summary>What went wrong, in few words, so that equal failures can be counted together.</summary>
    public string? Error { get; set; }

    /// <summary>The HTTP status, or 0.</summary>
    public int Status { get; set; }

    /// <summary>The client took it up.</summary>
    public long Started { get; set; }

    /// <summary>How long a connection of its own took, DNS included; 0 when one was there.</summary>
    public long Connecting { get; set; }

    /// <summary>The body's first byte went to the connection.</summary>
    public long Sending { get; set; }

    /// <summary>The body's last byte was handed over.</summary>
    public long Sent { get; set; }

    /// <summary>The response's headers were there.</summary>
    public long Headers { get; set; }

    /// <summary>The response was over.</summary>
    public long Ended { get; set; }

    /// <summary>When each event with output came, after <see cref="Intended"/>.</summary>
    public List<int> Chunks { get; } = [];

    /// <summary>As the server counted; null where it did not say.</summary>
    public int? ServerPromptTokens { get; set; }

    public int? ServerOutputTokens { get; set; }

    public int? ServerCachedTokens { get; set; }

    /// <summary>Tokens generated: the server's count, for an event may hold several, or else the events'.</summary>
    public int OutputTokens => ServerOutputTokens ?? Chunks.Count;

    public int PromptTokens => ServerPromptTokens ?? AskedPromptTokens;

    /// <summary>Time to first token.</summary>
    public long? TimeToFirstToken => Chunks.Count > 0 ? Chunks[0] : null;

    /// <summary>End-to-end latency: to the last output, or to the response's end if it was not streamed.</summary>
    public long EndToEndLatency => Chunks.Count > 0 ? Chunks[^1] : Ended - Intended;

    /// <summary>Time per output token after the first one; null with fewer than two.</summary>
    public double? TimePerOutputToken => Chunks.Count > 0 && OutputTokens > 1 ? (double)(Chunks[^1] - Chunks[0]) / (OutputTokens - 1) : null;

    /// <summary>When the answer was over, on the run's clock.</summary>
    public long Finished => Intended + EndToEndLatency;

    /// <summary>How late the client took it up.</summary>
    public long SchedulingLag => Started - Intended;
}

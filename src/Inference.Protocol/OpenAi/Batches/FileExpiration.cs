namespace Inference.Protocol.OpenAi.Batches;

/// <summary>When a file is deleted.</summary>
public sealed record FileExpiration
{
    /// <summary>"created_at".</summary>
    public string? Anchor { get; init; }

    /// <summary>Seconds after that, from an hour to 30 days.</summary>
    public long? Seconds { get; init; }
}

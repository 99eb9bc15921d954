namespace Inference.Protocol.OpenAi;

/// <summary>The field stream_options.</summary>
public sealed record StreamOptions
{
    /// <summary>Send a last chunk without choices that carries the usage.</summary>
    public bool? IncludeUsage { get; init; }

    /// <summary>Carry the usage so far on every chunk (an extension of vLLM).</summary>
    public bool? ContinuousUsageStats { get; init; }
}

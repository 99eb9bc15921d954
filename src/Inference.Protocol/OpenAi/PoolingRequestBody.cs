namespace Inference.Protocol.OpenAi;

/// <summary>The fields that embeddings, scores and rankings share.</summary>
public abstract record PoolingRequestBody
{
    /// <summary>The served model's name; the first embedding model when left out.</summary>
    public string? Model { get; init; }

    /// <summary>Keep this many tokens of each text at most, special ones included; -1 for as many as the model takes.</summary>
    public int? TruncatePromptTokens { get; init; }

    /// <summary>Which end is cut off then: "right" (the default) or "left".</summary>
    public string? TruncationSide { get; init; }

    /// <summary>Whether special tokens are put around texts; true when left out.</summary>
    public bool? AddSpecialTokens { get; init; }

    /// <summary>Seconds in which the request must begin.</summary>
    public double? Deadline { get; init; }
}

namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /detokenize.</summary>
public sealed record DetokenizeRequest
{
    /// <summary>The served model's name; the default model when left out.</summary>
    public string? Model { get; init; }

    /// <summary>Token ids; required.</summary>
    public int[]? Tokens { get; init; }
}

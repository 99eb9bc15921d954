namespace Inference.Protocol.OpenAi;

/// <summary>One choice, or a piece of it.</summary>
public sealed record CompletionChoice
{
    /// <summary>Prompt by prompt, then choice by choice.</summary>
    public required int Index { get; init; }

    /// <summary>The generated text.</summary>
    public required string Text { get; init; }

    /// <summary>Null unless asked for.</summary>
    public CompletionLogprobs? Logprobs { get; init; }

    /// <summary>"stop" or "length"; null before the end.</summary>
    public string? FinishReason { get; init; }

    /// <summary>What stopped it, when that was a stop string or a stop token of the request.</summary>
    public StopReason? StopReason { get; init; }
}

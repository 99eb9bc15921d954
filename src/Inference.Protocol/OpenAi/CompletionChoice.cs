using System.Text.Json.Serialization;

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

    /// <summary>For each token of the prompt but the first, which has null: token ids to how likely they are. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyDictionary<int, PromptLogprob>?>? PromptLogprobs { get; init; }

    /// <summary>The prompt's tokens; on a choice's first chunk. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadOnlyMemory<int>? PromptTokenIds { get; init; }

    /// <summary>The tokens generated, stop tokens included. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? TokenIds { get; init; }
}

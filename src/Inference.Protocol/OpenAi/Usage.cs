using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>Tokens that a request used.</summary>
/// <param name="PromptTokens">Tokens in its prompts, each prompt counted once.</param>
/// <param name="CompletionTokens">Tokens generated, stop tokens included, all choices together.</param>
public sealed record Usage(int PromptTokens, int CompletionTokens)
{
    /// <summary>Both together.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>What is known of the prompt's tokens; left out when nothing is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PromptTokensDetails? PromptTokensDetails { get; init; }

    /// <summary>What is known of the generated tokens; left out when nothing is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CompletionTokensDetails? CompletionTokensDetails { get; init; }
}

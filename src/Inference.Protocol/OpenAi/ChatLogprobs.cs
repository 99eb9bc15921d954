namespace Inference.Protocol.OpenAi;

/// <summary>Log-probabilities in the shape of chat completions.</summary>
/// <param name="Content">One entry per token.</param>
public sealed record ChatLogprobs(IReadOnlyList<ChatTokenLogprob> Content);

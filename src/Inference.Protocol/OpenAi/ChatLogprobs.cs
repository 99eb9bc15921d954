namespace Inference.Protocol.OpenAi;

/// <summary>Log-probabilities in the shape of chat completions.</summary>
/// <param name="Content">One entry per token.</param>
public sealed record ChatLogprobs(IReadOnlyList<ChatTokenLogprob> Content)
{
    /// <summary>Always null: the server refuses nothing on the model's behalf. Clients expect the field.</summary>
    public IReadOnlyList<ChatTokenLogprob>? Refusal { get; }
}

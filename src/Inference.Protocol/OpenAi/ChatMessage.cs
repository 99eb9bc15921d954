namespace Inference.Protocol.OpenAi;

/// <summary>A message that the model wrote.</summary>
/// <param name="Content">Its text.</param>
public sealed record ChatMessage(string Content)
{
    /// <summary>Who speaks.</summary>
    public string Role { get; } = "assistant";

    /// <summary>Always null: the server refuses nothing on the model's behalf. Clients expect the field.</summary>
    public string? Refusal { get; }
}

namespace Inference.LoadTest.Data;

/// <summary>A message of a conversation.</summary>
internal sealed record ChatMessage(string Role, string Content)
{
    public static ChatMessage User(string content) => new("user", content);

    public static ChatMessage Assistant(string content) => new("assistant", content);
}

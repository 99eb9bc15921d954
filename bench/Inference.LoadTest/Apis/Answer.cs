using System.Text;

namespace Inference.LoadTest.Apis;

/// <summary>What the events of an answer have said so far.</summary>
/// <param name="keepText">Whether the text is wanted: a conversation's next turn needs it.</param>
internal sealed class Answer(bool keepText)
{
    private readonly StringBuilder? _text = keepText ? new StringBuilder() : null;

    public string Text => _text?.ToString() ?? "";

    public bool KeepsText => _text is not null;

    /// <summary>The server said that it is whole.</summary>
    public bool IsFinished { get; set; }

    /// <summary>What the server said went wrong.</summary>
    public string? Error { get; set; }

    public int? PromptTokens { get; set; }

    public int? OutputTokens { get; set; }

    public int? CachedTokens { get; set; }

    public void Append(string? text) => _text?.Append(text);
}

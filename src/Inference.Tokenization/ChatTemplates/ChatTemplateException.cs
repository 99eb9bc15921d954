namespace Inference.Tokenization.ChatTemplates;

/// <summary>A chat template could not be parsed or rendered; the message is one line.</summary>
public sealed class ChatTemplateException : Exception
{
    internal ChatTemplateException(ChatTemplateErrorKind kind, int line, string message)
        : base(message)
    {
        Kind = kind;
        Line = line;
    }

    /// <summary>
    /// What went wrong. <see cref="ChatTemplateErrorKind.Raised"/> and <see cref="ChatTemplateErrorKind.Input"/> are the client's to mend.
    /// </summary>
    public ChatTemplateErrorKind Kind { get; }

    /// <summary>The template's line, from 1; 0 when no line is at fault.</summary>
    public int Line { get; }
}

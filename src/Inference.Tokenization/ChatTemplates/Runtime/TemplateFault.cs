namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>A failure inside the interpreter; it becomes a <see cref="ChatTemplateException"/> once the line is known.</summary>
internal sealed class TemplateFault : Exception
{
    private readonly ChatTemplateErrorKind _kind;
    private readonly int _line;

    private TemplateFault(ChatTemplateErrorKind kind, string message, int line = 0)
        : base(message)
    {
        _kind = kind;
        _line = line;
    }

    public static TemplateFault Syntax(int line, string message) => new(ChatTemplateErrorKind.Syntax, message, line);

    public static TemplateFault Runtime(string message) => new(ChatTemplateErrorKind.Runtime, message);

    public static TemplateFault Limit(string message, int line = 0) => new(ChatTemplateErrorKind.Limit, message, line);

    public static TemplateFault Input(string message) => new(ChatTemplateErrorKind.Input, message);

    public static TemplateFault Raised(string message) => new(ChatTemplateErrorKind.Raised, message);

    public static TemplateFault TooDeep(int line = 0) => Limit("nested too deeply", line);

    /// <summary>The public exception; <paramref name="line"/> is used where the fault does not know its own.</summary>
    public ChatTemplateException ToException(int line)
    {
        var at = _line > 0 ? _line : line;
        return _kind switch
        {
            ChatTemplateErrorKind.Raised => new ChatTemplateException(_kind, at, Message),
            ChatTemplateErrorKind.Input => new ChatTemplateException(_kind, 0, OneLine(Message)),
            _ when at > 0 => new ChatTemplateException(_kind, at, $"chat template, line {at}: {OneLine(Message)}"),
            _ => new ChatTemplateException(_kind, 0, $"chat template: {OneLine(Message)}"),
        };
    }

    private static string OneLine(string text)
    {
        const int Longest = 300;
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= Longest ? line : string.Concat(line.AsSpan(0, Longest), "…");
    }
}

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's character classes where they differ from .NET's.</summary>
internal static class PythonText
{
    /// <summary><c>str.isspace</c>, and <c>\s</c> of regular expressions.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>Where <c>str.splitlines</c> splits.</summary>
    public static bool IsLineBreak(char c) => c is >= '\n' and <= '\r' or >= '\x1c' and <= '\x1e' or '\x85' or '\u2028' or '\u2029';
}

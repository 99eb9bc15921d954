using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>What string methods and filters have in common.</summary>
internal static class StringOperations
{
    /// <summary>Takes characters off the ends: those given, or blanks.</summary>
    public static string Strip(string text, string? characters, bool fromStart, bool fromEnd)
    {
        bool IsStripped(char c) => characters is null ? PythonText.IsSpace(c) : characters.Contains(c, StringComparison.Ordinal);
        int start = 0, end = text.Length;
        while (fromStart && start < end && IsStripped(text[start]))
        {
            start++;
        }

        while (fromEnd && end > start && IsStripped(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    public static string Join(RenderContext context, string separator, IEnumerable<string> parts)
    {
        var joined = new StringBuilder();
        var isFirst = true;
        foreach (var part in parts)
        {
            var added = isFirst ? part.Length : separator.Length + part.Length;
            context.ChargeText(added);
            if (joined.Length + added > context.Limits.MaxTextLength)
            {
                throw TemplateFault.Limit($"a text of more than {context.Limits.MaxTextLength} characters");
            }

            joined.Append(isFirst ? "" : separator).Append(part);
            isFirst = false;
        }

        return joined.ToString();
    }

    /// <summary>Replaces the first <paramref name="count"/> occurrences; all of them when negative.</summary>
    public static string Replace(RenderContext context, string text, string old, string replacement, long count)
    {
        var most = count < 0 ? long.MaxValue : count;
        if (old.Length == 0)
        {
            return InsertBetween(context, text, replacement, most);
        }

        TextSearch.Charge(context, text, old);
        var parts = new List<string>();
        var start = 0;
        for (var at = 0; parts.Count < most && (at = text.IndexOf(old, start, StringComparison.Ordinal)) >= 0; start = at + old.Length)
        {
            context.Charge(1);
            parts.Add(text[start..at]);
        }

        return parts.Count == 0 ? text : Join(context, replacement, parts.Append(text[start..]));
    }

    /// <summary>Splits at a separator, or at runs of blanks when it is null.</summary>
    public static ListValue Split(RenderContext context, string text, string? separator, long most)
    {
        most = most < 0 ? long.MaxValue : most;
        return new ListValue([.. separator is null ? SplitBlanks(context, text, most) : SplitAt(context, text, separator, most)]);
    }

    /// <summary>Splits from the right.</summary>
    public static ListValue SplitFromRight(RenderContext context, string text, string? separator, long most)
    {
        if (most < 0)
        {
            return Split(context, text, separator, most);
        }

        var parts = separator is null ? SplitBlanksFromRight(context, text, most) : SplitAtFromRight(context, text, separator, most);
        return new ListValue([.. parts.Reverse()]);
    }

    public static IEnumerable<string> Lines(RenderContext context, string text, bool keepEnds)
    {
        context.ChargeText(text.Length);
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!PythonText.IsLineBreak(text[i]))
            {
                continue;
            }

            var end = i;
            i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
            context.Charge(1);
            yield return text[start..(keepEnds ? i + 1 : end)];
            start = i + 1;
        }

        if (start < text.Length)
        {
            yield return text[start..];
        }
    }

    private static string InsertBetween(RenderContext context, string text, string inserted, long most)
    {
        var gaps = Math.Min(most, CodePoints.Count(context, text) + 1);
        context.ChargeText(text.Length + Math.BigMul((int)gaps, inserted.Length));
        var result = new StringBuilder();
        foreach (var character in CodePoints.Split(text))
        {
            context.Charge(1);
            result.Append(gaps-- > 0 ? inserted : "").Append((string)character!);
        }

        return result.Append(gaps > 0 ? inserted : "").ToString();
    }

    private static IEnumerable<string> SplitAt(RenderContext context, string text, string separator, long most)
    {
        RequireSeparator(separator);
        TextSearch.Charge(context, text, separator);
        var start = 0;
        for (long count = 0; count < most; count++)
        {
            var at = text.IndexOf(separator, start, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            context.Charge(1);
            yield return text[start..at];
            start = at + separator.Length;
        }

        yield return text[start..];
    }

    private static IEnumerable<string> SplitAtFromRight(RenderContext context, string text, string separator, long most)
    {
        RequireSeparator(separator);
        TextSearch.Charge(context, text, separator);
        var end = text.Length;
        for (long count = 0; count < most; count++)
        {
            var at = text.AsSpan(0, end).LastIndexOf(separator);
            if (at < 0)
            {
                break;
            }

            context.Charge(1);
            yield return text[(at + separator.Length)..end];
            end = at;
        }

        yield return text[..end];
    }

    private static IEnumerable<string> SplitBlanks(RenderContext context, string text, long most)
    {
        context.ChargeText(text.Length);
        var at = SkipBlanks(text, 0, isBlank: true);
        for (long count = 0; at < text.Length; count++)
        {
            if (count == most)
            {
                yield return text[at..];
                yield break;
            }

            context.Charge(1);
            var end = SkipBlanks(text, at, isBlank: false);
            yield return text[at..end];
            at = SkipBlanks(text, end, isBlank: true);
        }
    }

    private static IEnumerable<string> SplitBlanksFromRight(RenderContext context, string text, long most)
    {
        context.ChargeText(text.Length);
        var rest = Strip(text, null, fromStart: false, fromEnd: true);
        for (long count = 0; rest.Length > 0; count++)
        {
            var start = count == most ? 0 : LastBlank(rest) + 1;
            context.ChargeText(rest.Length);
            context.Charge(1);
            yield return rest[start..];
            rest = start == 0 ? "" : Strip(rest[..start], null, fromStart: false, fromEnd: true);
        }
    }

    private static int SkipBlanks(string text, int at, bool isBlank)
    {
        while (at < text.Length && PythonText.IsSpace(text[at]) == isBlank)
        {
            at++;
        }

        return at;
    }

    private static int LastBlank(string text)
    {
        var at = text.Length - 1;
        while (at >= 0 && !PythonText.IsSpace(text[at]))
        {
            at--;
        }

        return at;
    }

    private static void RequireSeparator(string separator)
    {
        if (separator.Length == 0)
        {
            throw TemplateFault.Runtime("empty separator");
        }
    }
}

using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Filters on text. There is no autoescaping, so <c>safe</c> does nothing and <c>escape</c> gives a plain string.</summary>
internal static class TextFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        new("capitalize", "s", a => Casing.Capitalize(Charged(a))),
        new("center", "value width?", a => Padding.Center(a.Context, a.Text(0), a.Integer(1, 80), " ")),
        new("e", "s", Escape),
        new("escape", "s", Escape),
        new("forceescape", "s", Escape),
        new("format", "value * **", Format),
        new("indent", "s width? first? blank?", Indent),
        new("lower", "s", a => Casing.Lower(Charged(a))),
        new("replace", "s old new count?", Replace),
        new("safe", "s", a => a.Text(0)),
        new("title", "s", Title),
        new("trim", "s chars?", a => StringOperations.Strip(Charged(a), a.OptionalString(1), fromStart: true, fromEnd: true)),
        new("truncate", "s length? killwords? end? leeway?", Truncate),
        new("upper", "s", a => Casing.Upper(Charged(a))),
        new("urlencode", "value", UrlEncode),
        new("wordcount", "s", a => WordCount(a)),
    ];

    private static string Charged(Arguments a)
    {
        var text = a.Text(0);
        a.Context.ChargeText(text.Length);
        return text;
    }

    private static string Replace(Arguments a) =>
        StringOperations.Replace(a.Context, a.Text(0), a.Text(1), a.Text(2), a.OptionalInteger(3) ?? -1);

    private static string Escape(Arguments a)
    {
        var text = Charged(a);
        a.Context.ChargeText(5L * text.Length);
        return new StringBuilder(text)
            .Replace("&", "&amp;")
            .Replace("<", "&lt;")
            .Replace(">", "&gt;")
            .Replace("'", "&#39;")
            .Replace("\"", "&#34;")
            .ToString();
    }

    private static string Format(Arguments a)
    {
        if (a.Rest.Count > 0 && a.Keywords.Count > 0)
        {
            throw TemplateFault.Runtime("can't handle positional and keyword arguments at the same time");
        }

        if (a.Keywords.Count == 0)
        {
            return PercentFormat.Format(a.Context, a.Text(0), new TupleValue(a.Rest));
        }

        var named = new DictValue(a.Keywords.Count);
        foreach (var (name, value) in a.Keywords)
        {
            named.Set(name, value);
        }

        return PercentFormat.Format(a.Context, a.Text(0), named);
    }

    private static string Indent(Arguments a)
    {
        var width = a.Has(1) ? a[1] : 4L;
        var indent = width as string ?? Arithmetic.Repeat(a.Context, " ", a.Integer(1, 4));
        var text = a[0] is Undefined undefined ? throw undefined.Fault() : a.String(0);
        var lines = StringOperations.Lines(a.Context, text + "\n", keepEnds: false);
        var indentsBlank = a.Flag(3);
        var indented = lines.Select((line, i) => i == 0 || (line.Length == 0 && !indentsBlank) ? line : indent + line);
        return (a.Flag(2) ? indent : "") + StringOperations.Join(a.Context, "\n", indented);
    }

    /// <summary>Capitals after blanks, hyphens and opening brackets only, unlike <c>str.title</c>.</summary>
    private static string Title(Arguments a)
    {
        var text = Charged(a);
        var title = new StringBuilder(text.Length);
        for (int i = 0, end; i < text.Length; i = end)
        {
            var separates = SeparatesWords(text[i]);
            for (end = i + 1; end < text.Length && SeparatesWords(text[end]) == separates;)
            {
                end++;
            }

            title.Append(TitleWord(text[i..end]));
        }

        return title.ToString();
    }

    private static string TitleWord(string word)
    {
        var first = char.IsHighSurrogate(word[0]) && word.Length > 1 ? 2 : 1;
        return Casing.Upper(word[..first]) + Casing.Lower(word[first..]);
    }

    private static bool SeparatesWords(char c) => c is '-' or '(' or '{' or '[' or '<' || PythonText.IsSpace(c);

    private static object? Truncate(Arguments a)
    {
        var (length, end, leeway) = (a.Integer(1, 255), a.Has(3) ? a.String(3) : "...", a.OptionalInteger(4) ?? 5);
        var kept = length - CodePoints.Count(a.Context, end);
        if (kept < 0 || leeway < 0)
        {
            throw TemplateFault.Runtime("truncate() wants a length of at least that of 'end', and no negative leeway");
        }

        if (Iteration.TryCount(a.Context, a[0]) <= length + leeway)
        {
            return a[0];
        }

        var text = a.String(0);
        var cut = CodePoints.Slice(a.Context, text, new SliceValue(null, kept, null));
        var lastBlank = cut.LastIndexOf(' ');
        return (a.Flag(2) || lastBlank < 0 ? cut : cut[..lastBlank]) + end;
    }

    private static string UrlEncode(Arguments a)
    {
        if (a[0] is string || !Iteration.IsIterable(a[0]))
        {
            return Quote(a.Context, a.Text(0), inQuery: false);
        }

        var pairs = a[0] is DictValue dict ? CollectionMethods.Pairs(a.Context, dict) : a.Items(0);
        return StringOperations.Join(a.Context, "&", pairs.Select(pair =>
        {
            var items = Iteration.Enumerate(a.Context, pair).Take(3);
            var parts = items.Select(part => Quote(a.Context, Text.Of(a.Context, part), inQuery: true)).ToList();
            return parts.Count == 2 ? $"{parts[0]}={parts[1]}" : throw TemplateFault.Runtime("urlencode wants text, a dict or pairs");
        }));
    }

    private static string Quote(RenderContext context, string text, bool inQuery)
    {
        context.ChargeText(9L * text.Length);
        var quoted = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || (c == '/' && !inQuery))
            {
                quoted.Append(c);
            }
            else
            {
                quoted.Append(inQuery && c == ' ' ? "+" : $"%{b:X2}");
            }
        }

        return quoted.ToString();
    }

    private static long WordCount(Arguments a)
    {
        var count = 0L;
        var inWord = false;
        foreach (var rune in Charged(a).EnumerateRunes())
        {
            var isWord = Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || rune.Value == '_';
            count += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }

        return count;
    }
}

using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Methods of Python's str.</summary>
internal static class StringMethods
{
    private static readonly FrozenDictionary<string, Builtin> All = new List<Builtin>
    {
        new("capitalize", "self", a => Casing.Capitalize(Self(a))),
        new("casefold", "self", a => Casing.Lower(Self(a)).Replace("ß", "ss", StringComparison.Ordinal)),
        new("center", "self width fillchar?", a => Padding.Center(a.Context, Self(a), a.Integer(1), Fill(a, 2))),
        new("count", "self sub start? end?", a => Count(a)),
        new("endswith", "self suffix start? end?", a => HasAffix(a, (text, affix) => text.EndsWith(affix, StringComparison.Ordinal))),
        new("find", "self sub start? end?", a => Find(a, fromRight: false) ?? -1L),
        new("format", "self * **", a => BraceFormat.Format(a.Context, Self(a), a.Rest, a.Keywords)),
        new("index", "self sub start? end?", a => Find(a, fromRight: false) ?? throw TemplateFault.Runtime("substring not found")),
        new("isalnum", "self", a => AllRunes(a, r => Rune.IsLetter(r) || Rune.IsNumber(r))),
        new("isalpha", "self", a => AllRunes(a, Rune.IsLetter)),
        new("isascii", "self", a => Ascii.IsValid(Self(a))),
        new("isdecimal", "self", a => AllRunes(a, r => Rune.GetUnicodeCategory(r) == UnicodeCategory.DecimalDigitNumber)),
        new("isdigit", "self", a => AllRunes(a, IsDigit)),
        new("islower", "self", a => Casing.IsLower(Self(a))),
        new("isnumeric", "self", a => AllRunes(a, Rune.IsNumber)),
        new("isspace", "self", a => AllRunes(a, r => r.IsBmp && PythonText.IsSpace((char)r.Value))),
        new("istitle", "self", a => Casing.Title(Self(a)) == Self(a) && Self(a).Any(char.IsLetter)),
        new("isupper", "self", a => Casing.IsUpper(Self(a))),
        new("join", "self iterable", Join),
        new("ljust", "self width fillchar?", a => Padding.Right(a.Context, Self(a), a.Integer(1), Fill(a, 2))),
        new("lower", "self", a => Casing.Lower(Self(a))),
        new("lstrip", "self chars?", a => StringOperations.Strip(Self(a), a.OptionalString(1), fromStart: true, fromEnd: false)),
        new("partition", "self sep", a => Partition(a, fromRight: false)),
        new("removeprefix", "self prefix", a => RemovePrefix(Self(a), a.String(1))),
        new("removesuffix", "self suffix", a => RemoveSuffix(Self(a), a.String(1))),
        new("replace", "self old new count?", Replace),
        new("rfind", "self sub start? end?", a => Find(a, fromRight: true) ?? -1L),
        new("rindex", "self sub start? end?", a => Find(a, fromRight: true) ?? throw TemplateFault.Runtime("substring not found")),
        new("rjust", "self width fillchar?", a => Padding.Left(a.Context, Self(a), a.Integer(1), Fill(a, 2))),
        new("rpartition", "self sep", a => Partition(a, fromRight: true)),
        new("rsplit", "self sep? maxsplit?", a =>
            StringOperations.SplitFromRight(a.Context, Self(a), a.OptionalString(1), a.Integer(2, -1))),
        new("rstrip", "self chars?", a => StringOperations.Strip(Self(a), a.OptionalString(1), fromStart: false, fromEnd: true)),
        new("split", "self sep? maxsplit?", a => StringOperations.Split(a.Context, Self(a), a.OptionalString(1), a.Integer(2, -1))),
        new("splitlines", "self keepends?", a => new ListValue([.. StringOperations.Lines(a.Context, Self(a), a.Flag(1))])),
        new("startswith", "self prefix start? end?", a => HasAffix(a, (text, affix) => text.StartsWith(affix, StringComparison.Ordinal))),
        new("strip", "self chars?", a => StringOperations.Strip(Self(a), a.OptionalString(1), fromStart: true, fromEnd: true)),
        new("swapcase", "self", a => Casing.Swap(Self(a))),
        new("title", "self", a => Casing.Title(Self(a))),
        new("upper", "self", a => Casing.Upper(Self(a))),
        new("zfill", "self width", ZeroFill),
    }.ToFrozenDictionary(method => method.Name);

    public static Builtin? Find(string name) => All.GetValueOrDefault(name);

    private static string Self(Arguments a)
    {
        var text = (string)a[0]!;
        a.Context.ChargeText(text.Length);
        return text;
    }

    private static string Replace(Arguments a) =>
        StringOperations.Replace(a.Context, Self(a), a.String(1), a.String(2), a.Integer(3, -1));

    private static string RemovePrefix(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static string RemoveSuffix(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    private static string Fill(Arguments a, int index)
    {
        var fill = a.Has(index) ? a.String(index) : " ";
        return CodePoints.CountBefore(fill, fill.Length) == 1
            ? fill
            : throw TemplateFault.Runtime("the fill character must be exactly one character long");
    }

    /// <summary>The text between the optional bounds in arguments 2 and 3, and the code points before it; null when they cross.</summary>
    private static (string Text, long Offset)? Window(Arguments a)
    {
        var text = Self(a);
        if (a[2] is null && a[3] is null)
        {
            return (text, 0);
        }

        var length = CodePoints.Count(a.Context, text);
        long Bound(long? bound, long missing) => bound is not { } b ? missing : b < 0 ? Math.Max(0, b + length) : b;
        var (start, end) = (Bound(a.OptionalInteger(2), 0), Math.Min(length, Bound(a.OptionalInteger(3), length)));
        return start <= end ? (CodePoints.Slice(a.Context, text, new SliceValue(start, end, null)), start) : null;
    }

    private static object? Find(Arguments a, bool fromRight)
    {
        var part = a.String(1);
        if (Window(a) is not var (text, offset))
        {
            return null;
        }

        var at = fromRight ? TextSearch.LastIndexOf(a.Context, text, part) : TextSearch.IndexOf(a.Context, text, part, 0);
        return at < 0 ? null : offset + CodePoints.CountBefore(text, at);
    }

    private static long Count(Arguments a)
    {
        var part = a.String(1);
        if (Window(a) is not var (text, _))
        {
            return 0L;
        }

        if (part.Length == 0)
        {
            return CodePoints.Count(a.Context, text) + 1;
        }

        TextSearch.Charge(a.Context, text, part);
        var count = 0L;
        for (int at = 0, found; (found = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at = found + part.Length)
        {
            a.Context.Charge(1);
            count++;
        }

        return count;
    }

    private static object HasAffix(Arguments a, Func<string, string, bool> matches)
    {
        var affixes = a[1] is TupleValue tuple ? tuple.Items : [a.String(1)];
        a.Context.ChargeItems(affixes.Count);
        return Window(a) is var (text, _) && affixes.Any(affix => matches(
            text,
            affix as string ?? throw TemplateFault.Runtime($"an affix must be str or a tuple of str, not {TypeName.Of(affix)}")));
    }

    private static bool AllRunes(Arguments a, Func<Rune, bool> test)
    {
        var text = Self(a);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!test(rune))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static bool IsDigit(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber
        || (rune.IsBmp && CharUnicodeInfo.GetDigitValue((char)rune.Value) >= 0);

    private static string Join(Arguments a) => StringOperations.Join(a.Context, Self(a), a.Items(1).Select((item, i) =>
        item as string ?? throw TemplateFault.Runtime($"sequence item {i}: expected str instance, {TypeName.Of(item)} found")));

    private static TupleValue Partition(Arguments a, bool fromRight)
    {
        var (text, separator) = (Self(a), a.String(1));
        if (separator.Length == 0)
        {
            throw TemplateFault.Runtime("empty separator");
        }

        var at = fromRight ? TextSearch.LastIndexOf(a.Context, text, separator) : TextSearch.IndexOf(a.Context, text, separator, 0);
        return at >= 0 ? new TupleValue([text[..at], separator, text[(at + separator.Length)..]])
            : fromRight ? new TupleValue(["", "", text])
            : new TupleValue([text, "", ""]);
    }

    private static string ZeroFill(Arguments a)
    {
        var text = Self(a);
        var sign = text.StartsWith('-') || text.StartsWith('+') ? text[..1] : "";
        return sign + Padding.Left(a.Context, text[sign.Length..], a.Integer(1) - sign.Length, "0");
    }
}

using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Strings as Python sees them: sequences of code points, where a surrogate pair is one.</summary>
internal static class CodePoints
{
    public static long Count(RenderContext context, string text)
    {
        context.ChargeText(text.Length);
        return CountUncharged(text);
    }

    /// <summary>The number of code points before a UTF-16 position.</summary>
    public static long CountBefore(string text, int position) => CountUncharged(text.AsSpan(0, position));

    public static IEnumerable<object?> Split(string text)
    {
        for (var i = 0; i < text.Length; i += IsPair(text, i) ? 2 : 1)
        {
            yield return IsPair(text, i) ? text.Substring(i, 2) : text[i].ToString();
        }
    }

    /// <summary>The code point at an index that may be negative, or null outside.</summary>
    public static string? At(RenderContext context, string text, long index)
    {
        if (!HasPairs(context, text))
        {
            index += index < 0 ? text.Length : 0;
            return index >= 0 && index < text.Length ? text[(int)index].ToString() : null;
        }

        var starts = Starts(context, text);
        index += index < 0 ? starts.Length - 1 : 0;
        return index >= 0 && index < starts.Length - 1 ? text[starts[index]..starts[index + 1]] : null;
    }

    public static string Slice(RenderContext context, string text, SliceValue slice)
    {
        var starts = HasPairs(context, text) ? Starts(context, text) : null;
        var (first, count, step) = SliceRange.Of(slice, starts is null ? text.Length : starts.Length - 1);
        int StartOf(long index) => starts is null ? (int)index : starts[index];
        if (step == 1 || count == 0)
        {
            return count == 0 ? "" : text[StartOf(first)..StartOf(first + count)];
        }

        context.ChargeItems(count);
        return string.Concat(Enumerable.Range(0, (int)count).Select(i => first + (i * step)).Select(i => text[StartOf(i)..StartOf(i + 1)]));
    }

    /// <summary>Order by code points, which differs from UTF-16's above U+FFFF.</summary>
    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var (a, b) = (left[common], right[common]);
        var differ = char.IsSurrogate(a).CompareTo(char.IsSurrogate(b));
        return differ != 0 ? differ : a.CompareTo(b);
    }

    private static long CountUncharged(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text.Length;
        }

        long count = 0;
        for (var i = 0; i < text.Length; i++, count++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
        }

        return count;
    }

    private static bool HasPairs(RenderContext context, string text)
    {
        context.ChargeText(text.Length);
        return text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
    }

    /// <summary>Where every code point starts, and the text's length.</summary>
    private static int[] Starts(RenderContext context, string text)
    {
        context.ChargeText(4L * text.Length);
        var starts = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i += IsPair(text, i) ? 2 : 1)
        {
            starts.Add(i);
        }

        starts.Add(text.Length);
        return [.. starts];
    }

    private static bool IsPair(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
}

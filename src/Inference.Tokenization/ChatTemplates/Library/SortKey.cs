using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Sorting as Python does: stable, by values of one kind, strings by code points and, unless asked, ignoring case.</summary>
internal sealed class SortKey(RenderContext context) : IComparer<object?>
{
    public static object? IgnoreCase(object? value) => value is string text ? Casing.Lower(text) : value;

    public int Compare(object? x, object? y) => Comparison.Compare(context, x, y, "<");

    public List<object?> Sort(IEnumerable<object?> items, Func<object?, object?> key, bool reverse) =>
        [.. reverse ? items.OrderByDescending(key, this) : items.OrderBy(key, this)];
}

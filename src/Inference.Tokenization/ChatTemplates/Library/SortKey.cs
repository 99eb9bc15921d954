using System.Runtime.ExceptionServices;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Sorting as Python does: stable, by values of one kind, strings by code points and, unless asked, ignoring case.</summary>
internal sealed class SortKey(RenderContext context) : IComparer<object?>
{
    public static object? IgnoreCase(object? value) => value is string text ? Casing.Lower(text) : value;

    public int Compare(object? x, object? y) => Comparison.Compare(context, x, y, "<");

    public List<T> Sort<T>(IEnumerable<T> items, Func<T, object?> key, bool reverse)
    {
        try
        {
            return [.. reverse ? items.OrderByDescending(key, this) : items.OrderBy(key, this)];
        }
        catch (InvalidOperationException e) when (e.InnerException is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause); // what Compare threw, which sorting wraps
            throw;
        }
    }
}

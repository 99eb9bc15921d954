using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's rules for the bounds of a slice.</summary>
internal static class SliceRange
{
    /// <summary>The first index, the number of items and the distance between them, among <paramref name="length"/> items.</summary>
    public static (long First, long Count, long Step) Of(SliceValue slice, long length)
    {
        var step = slice.Step ?? 1;
        if (step == 0)
        {
            throw TemplateFault.Runtime("slice step cannot be zero");
        }

        step = Math.Clamp(step, -int.MaxValue, int.MaxValue);
        var (low, high) = step > 0 ? (0L, length) : (-1L, length - 1);
        long Bound(long? bound, long missing) =>
            bound is { } value ? Math.Clamp(value < 0 ? value + length : value, low, high) : missing;
        var first = Bound(slice.Start, step > 0 ? low : high);
        var end = Bound(slice.Stop, step > 0 ? high : low);
        var distance = step > 0 ? end - first : first - end;
        var count = distance <= 0 ? 0 : ((distance - 1) / Math.Abs(step)) + 1;
        return (first, count, step);
    }
}

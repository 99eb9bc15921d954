using System.Collections.Immutable;
using System.Globalization;

namespace Inference.Models.Checkpoints;

/// <summary>Arithmetic on row-major shapes that come from files.</summary>
internal static class TensorShape
{
    /// <summary>More elements than any file holds, few enough that sizes in bytes do not overflow 64 bits.</summary>
    private const long MaxElementCount = 1L << 56;

    /// <summary>
    /// The product of the dimensions (1 for a scalar), or false when a dimension is not positive or the product is absurd.
    /// </summary>
    public static bool TryGetElementCount(ImmutableArray<long> shape, out long count)
    {
        count = 1;
        foreach (var dimension in shape)
        {
            if (dimension <= 0 || dimension > MaxElementCount / count)
            {
                count = 0;
                return false;
            }

            count *= dimension;
        }

        return true;
    }

    /// <summary>The product of the dimensions of a shape that has been checked.</summary>
    public static long ElementCount(ImmutableArray<long> shape) =>
        TryGetElementCount(shape, out var count)
            ? count
            : throw new ArgumentException($"{Format(shape)} is no valid shape.", nameof(shape));

    /// <summary>For messages: <c>[2, 3]</c>.</summary>
    public static string Format(ImmutableArray<long> shape) =>
        $"[{string.Join(", ", shape.Select(dimension => dimension.ToString(CultureInfo.InvariantCulture)))}]";
}

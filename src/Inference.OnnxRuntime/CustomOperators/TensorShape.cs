using System.Runtime.CompilerServices;

namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>Dimensions of a tensor, held by value so that a step allocates nothing.</summary>
public struct TensorShape
{
    /// <summary>The most dimensions supported.</summary>
    public const int MaxRank = 8;

    private Dimensions _dimensions;

    /// <summary>How many dimensions.</summary>
    public int Rank { get; internal set; }

    /// <summary>Dimension <paramref name="index"/>.</summary>
    public readonly int this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Rank, nameof(index));
            return checked((int)_dimensions[index]);
        }
    }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal Span<long> Storage => _dimensions;

    [InlineArray(MaxRank)]
    private struct Dimensions
    {
        private long _first;
    }
}

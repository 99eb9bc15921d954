using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Inference.Models.Graphs;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The rows of the norm operators: a row of the residual stream comes about, and is divided by its root mean square and quantised.
/// </summary>
internal static unsafe class NormRow<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>What a row costs, roughly, in nanoseconds. Half of it another core has computed, and fetching that is most of the cost.</summary>
    public static int Nanoseconds(int width) => 50 + width;

    /// <summary>sum = residual + accumulators * row scale * column scales.</summary>
    /// <param name="residual">[width].</param>
    /// <param name="accumulators">[width].</param>
    /// <param name="rowScale">Of the product's left side.</param>
    /// <param name="columnScales">[width].</param>
    /// <param name="sum">[width]; may be the residual.</param>
    /// <param name="width">A multiple of 16.</param>
    /// <returns>What <see cref="Quantize"/> needs to know of the sum.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static RowStatistics Add(float* residual, int* accumulators, float rowScale, float* columnScales, float* sum, int width)
    {
        var factor = T.Create(rowScale);
        var squares = T.Create(0);
        var magnitudes = T.Create(0);
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            // The next row, which in a tile of rows comes next: it has left the nearest caches since it was written.
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(residual + width + i);
                Sse.Prefetch0(sum + width + i);
            }

            var x = T.MultiplyAdd(T.LoadAsFloat(accumulators + i) * factor, T.Load(columnScales + i), T.Load(residual + i));
            T.Store(sum + i, x);
            squares = T.MultiplyAdd(x, x, squares);
            magnitudes = T.MaxOfMagnitudes(magnitudes, T.Abs(x));
        }

        return new RowStatistics(LaneMath<T>.Sum(squares), LaneMath<T>.MaxMagnitude(magnitudes));
    }

    /// <summary>row = embedding * scale.</summary>
    /// <param name="embedding">[width].</param>
    /// <param name="scale">The token's.</param>
    /// <param name="row">[width].</param>
    /// <param name="width">A multiple of 16.</param>
    /// <returns>What <see cref="Quantize"/> needs to know of the row.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static RowStatistics Embed(sbyte* embedding, float scale, float* row, int width)
    {
        var factor = T.Create(scale);
        var squares = T.Create(0);
        var magnitudes = T.Create(0);
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            var x = T.LoadAsFloat(embedding + i) * factor;
            T.Store(row + i, x);
            squares = T.MultiplyAdd(x, x, squares);
            magnitudes = T.MaxOfMagnitudes(magnitudes, T.Abs(x));
        }

        return new RowStatistics(LaneMath<T>.Sum(squares), LaneMath<T>.MaxMagnitude(magnitudes));
    }

    /// <summary>Quantises row / sqrt(mean square + epsilon) to unsigned bytes.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">A multiple of 16.</param>
    /// <param name="statistics">The row's.</param>
    /// <param name="epsilon">Keeps rows of zeros from dividing by 0.</param>
    /// <param name="x">[width].</param>
    /// <returns>The scale; NaN if the row or its sum of squares is not finite.</returns>
    public static float Quantize(float* row, int width, RowStatistics statistics, float epsilon, byte* x)
    {
        var magnitude = float.IsFinite(statistics.SumOfSquares) ? statistics.Magnitude : float.NaN;
        var scale = RowQuantizer<T>.ToBytes(row, width, magnitude, GraphContract.ZeroPoint, x);

        // The norm is a factor of the whole row: it changes the scale, not the bytes.
        return scale / MathF.Sqrt(statistics.SumOfSquares / width + epsilon);
    }
}

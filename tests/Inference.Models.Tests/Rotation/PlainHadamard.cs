using System.Numerics;

namespace Inference.Models.Tests.Rotation;

/// <summary>Sylvester's matrices, entry by entry: row i, column j is negative where i and j share an odd number of bits.</summary>
internal static class PlainHadamard
{
    public static double Entry(int size, int row, int column) =>
        (BitOperations.PopCount((uint)(row & column)) % 2 == 0 ? 1 : -1) / Math.Sqrt(size);

    /// <summary>Element <paramref name="index"/> of a vector multiplied by the block-diagonal matrix.</summary>
    public static double Element(int size, int index, Func<int, double> vector)
    {
        var start = index / size * size;
        return Enumerable.Range(0, size).Sum(i => Entry(size, index - start, i) * vector(start + i));
    }

    /// <summary>Multiplies every block of a vector.</summary>
    public static float[] Transform(float[] values, int size) =>
        [.. Enumerable.Range(0, values.Length).Select(index => (float)Element(size, index, i => values[i]))];
}

using System.Runtime.CompilerServices;

namespace Inference.Engine.Sampling;

/// <summary>
/// A token and its score in one number whose order is the token's rank: a higher score first, at equal scores the lower id. No two tokens
/// of a row are equal, so selecting by rank has one answer whatever the order of the input.
/// </summary>
internal static class RankedToken
{
    /// <param name="score">Not NaN. Negative zero counts as zero.</param>
    /// <param name="tokenId">At least 0.</param>
    public static ulong Pack(float score, int tokenId)
    {
        // Adding zero turns -0 into +0. Flipping a negative's bits, and a positive's sign, makes the bits' order the numbers' order.
        var bits = BitConverter.SingleToUInt32Bits(score + 0f);
        bits ^= (uint)((int)bits >> 31) | 0x8000_0000;
        return ((ulong)bits << 32) | ~(uint)tokenId;
    }

    public static int TokenId(ulong rank) => (int)~(uint)rank;

    public static float Score(ulong rank)
    {
        var bits = (uint)(rank >> 32);
        bits ^= (uint)(~(int)bits >> 31) | 0x8000_0000;
        return BitConverter.UInt32BitsToSingle(bits);
    }

    /// <summary>Moves the <paramref name="count"/> highest ranks to the front, in no particular order (Hoare's quickselect).</summary>
    public static void SelectTop(Span<ulong> ranks, int count)
    {
        int low = 0, high = ranks.Length;
        while (count > low && count < high && high - low > 1)
        {
            var split = low + Partition(ranks[low..high]);
            if (count <= split)
                high = split;
            else
                low = split;
        }
    }

    /// <summary>
    /// Moves the fewest highest ranks whose scores add up to at least <paramref name="target"/> to the front, in no particular order, and
    /// returns how many they are: all of them when the sum falls short. Scores are not negative.
    /// </summary>
    public static int SelectMass(Span<ulong> ranks, double target)
    {
        int low = 0, high = ranks.Length;
        while (high - low > 1)
        {
            var split = low + Partition(ranks[low..high]);
            var upper = 0.0;
            for (var i = low; i < split; i++)
                upper += Score(ranks[i]);

            if (upper >= target)
            {
                high = split;
            }
            else
            {
                target -= upper;
                low = split;
            }
        }

        return high;
    }

    /// <summary>
    /// Splits two or more ranks about a pivot, higher ones first, and returns where the second part starts: neither part is empty.
    /// The pivot is the middle one of the first, the middle and the last, so that sorted input splits evenly.
    /// </summary>
    private static int Partition(Span<ulong> ranks)
    {
        var pivot = Median(ranks[0], ranks[(ranks.Length - 1) / 2], ranks[^1]);
        int i = -1, j = ranks.Length;
        while (true)
        {
            while (ranks[++i] > pivot)
            {
            }

            while (ranks[--j] < pivot)
            {
            }

            if (i >= j)
                return j + 1;
            (ranks[i], ranks[j]) = (ranks[j], ranks[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Median(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}

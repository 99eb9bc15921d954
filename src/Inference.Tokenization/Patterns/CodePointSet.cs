using System.Runtime.CompilerServices;

namespace Inference.Tokenization.Patterns;

/// <summary>
/// An immutable set of Unicode code points (0..0x10FFFF), kept as sorted boundaries: a code point is in the set when an odd number of
/// boundaries is less than or equal to it. The basic plane also has a bitmap, so that a test there is one load.
/// </summary>
internal sealed class CodePointSet
{
    public const int Limit = 0x110000;

    private readonly int[] _bounds;
    private readonly ulong[] _basicPlane = new ulong[1024];

    private CodePointSet(int[] bounds)
    {
        _bounds = bounds;
        for (int i = 0; i < bounds.Length && bounds[i] < 0x10000; i += 2)
        {
            int end = i + 1 < bounds.Length ? Math.Min(bounds[i + 1], 0x10000) : 0x10000;
            for (int word = bounds[i] >> 6; word <= (end - 1) >> 6; word++)
            {
                int from = Math.Max(bounds[i] - (word << 6), 0);
                int to = Math.Min(end - (word << 6), 64);
                _basicPlane[word] |= (ulong.MaxValue >> (64 - (to - from))) << from;
            }
        }
    }

    public static CodePointSet Empty { get; } = new([]);

    public static CodePointSet All { get; } = new([0, Limit]);

    public bool IsEmpty => _bounds.Length == 0;

    /// <summary>The members as half-open ranges in ascending order.</summary>
    public IEnumerable<(int Start, int End)> Ranges
    {
        get
        {
            for (int i = 0; i < _bounds.Length; i += 2)
                yield return (_bounds[i], _bounds[i + 1]);
        }
    }

    /// <summary>The set of one code point.</summary>
    public static CodePointSet Of(int codePoint) => new([codePoint, codePoint + 1]);

    /// <summary>The set of all code points of the inclusive ranges, given as (first, last) in any order.</summary>
    public static CodePointSet OfRanges(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        (int First, int Last)[] sorted = ranges.ToArray();
        Array.Sort(sorted);
        List<int> bounds = [];
        foreach ((int first, int last) in sorted)
        {
            if (bounds.Count > 0 && first <= bounds[^1])
                bounds[^1] = Math.Max(bounds[^1], last + 1);
            else
                bounds.AddRange([first, last + 1]);
        }
        return new([.. bounds]);
    }

    public CodePointSet Union(CodePointSet other) => Combine(other, static (a, b) => a || b);

    public CodePointSet Intersect(CodePointSet other) => Combine(other, static (a, b) => a && b);

    public CodePointSet Except(CodePointSet other) => Combine(other, static (a, b) => a && !b);

    public CodePointSet Complement() => All.Except(this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int codePoint) => codePoint < 0x10000
        ? (_basicPlane[codePoint >> 6] >> codePoint & 1) != 0
        : ContainsAstral(codePoint);

    private bool ContainsAstral(int codePoint)
    {
        int index = Array.BinarySearch(_bounds, codePoint);
        return (index >= 0 ? index : ~index - 1) % 2 == 0;
    }

    private CodePointSet Combine(CodePointSet other, Func<bool, bool, bool> keep)
    {
        List<int> bounds = [];
        bool inA = false, inB = false, inResult = false;
        int a = 0, b = 0;
        while (a < _bounds.Length || b < other._bounds.Length)
        {
            int nextA = a < _bounds.Length ? _bounds[a] : int.MaxValue;
            int nextB = b < other._bounds.Length ? other._bounds[b] : int.MaxValue;
            int at = Math.Min(nextA, nextB);
            if (nextA == at)
            {
                inA = !inA;
                a++;
            }
            if (nextB == at)
            {
                inB = !inB;
                b++;
            }
            if (keep(inA, inB) != inResult)
            {
                inResult = !inResult;
                bounds.Add(at);
            }
        }
        return new([.. bounds]);
    }
}

using System.Collections.Immutable;

namespace Inference.Grammar.Patterns;

/// <summary>A set of Unicode scalar values, as sorted ranges that neither overlap nor touch. Surrogates are never in it. Immutable.</summary>
internal sealed class CodePointSet : IEquatable<CodePointSet>
{
    private const int MaxScalar = 0x10FFFF;
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    private readonly int _hash;

    private CodePointSet(ImmutableArray<(int Low, int High)> ranges)
    {
        Ranges = ranges;
        var hash = new HashCode();
        foreach (var range in ranges)
            hash.Add(range);
        _hash = hash.ToHashCode();
    }

    public static CodePointSet None { get; } = new([]);

    public static CodePointSet All { get; } = OfRange(0, MaxScalar);

    public ImmutableArray<(int Low, int High)> Ranges { get; }

    public bool IsEmpty => Ranges.IsEmpty;

    public static CodePointSet OfRange(int low, int high) => OfRanges([(low, high)]);

    /// <summary>The union of ranges in any order, which may overlap.</summary>
    public static CodePointSet OfRanges(IEnumerable<(int Low, int High)> ranges)
    {
        var sorted = new List<(int Low, int High)>();
        foreach (var (low, high) in ranges)
        {
            AddWithin(sorted, low, high, 0, FirstSurrogate - 1);
            AddWithin(sorted, low, high, LastSurrogate + 1, MaxScalar);
        }

        sorted.Sort();
        var merged = ImmutableArray.CreateBuilder<(int Low, int High)>(sorted.Count);
        foreach (var (low, high) in sorted)
        {
            if (merged.Count > 0 && low <= merged[^1].High + 1)
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, high));
            else
                merged.Add((low, high));
        }

        return merged.Count == 0 ? None : new CodePointSet(merged.ToImmutable());
    }

    public bool Contains(int codePoint)
    {
        foreach (var (low, high) in Ranges)
        {
            if (codePoint <= high)
                return codePoint >= low;
        }

        return false;
    }

    public CodePointSet Union(CodePointSet other) => OfRanges(Ranges.Concat(other.Ranges));

    public CodePointSet Complement()
    {
        var gaps = new List<(int Low, int High)>();
        var next = 0;
        foreach (var (low, high) in Ranges)
        {
            gaps.Add((next, low - 1));
            next = high + 1;
        }

        gaps.Add((next, MaxScalar));
        return OfRanges(gaps);
    }

    public CodePointSet Intersect(CodePointSet other)
    {
        var common = new List<(int Low, int High)>();
        int i = 0, j = 0;
        while (i < Ranges.Length && j < other.Ranges.Length)
        {
            var (a, b) = (Ranges[i], other.Ranges[j]);
            common.Add((Math.Max(a.Low, b.Low), Math.Min(a.High, b.High)));
            if (a.High < b.High)
                i++;
            else
                j++;
        }

        return OfRanges(common);
    }

    public CodePointSet Except(CodePointSet other) => Intersect(other.Complement());

    public bool Equals(CodePointSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as CodePointSet);

    public override int GetHashCode() => _hash;

    private static void AddWithin(List<(int Low, int High)> ranges, int low, int high, int first, int last)
    {
        (low, high) = (Math.Max(low, first), Math.Min(high, last));
        if (low <= high)
            ranges.Add((low, high));
    }
}

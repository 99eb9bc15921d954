using System.Runtime.CompilerServices;

namespace Inference.Grammar.Matching;

/// <summary>Makes stack sets, each only once, and unites two of them only once: what they share below is found again and again.</summary>
internal sealed class StackSets
{
    private readonly HashSet<StackSet> _known = new(Comparer.Instance);
    private readonly Dictionary<(StackSet, StackSet), StackSet> _unions = [];

    public StackSets() => OnlyEmpty = Unique(new StackSet(true, [], []));

    /// <summary>Of the stack without frames alone.</summary>
    public StackSet OnlyEmpty { get; }

    /// <summary>How many are remembered, and unions of them.</summary>
    public int Count => _known.Count + _unions.Count;

    public StackSet Push(StackSet stacks, int returnState) => Unique(new StackSet(false, [returnState], [stacks]));

    public StackSet Union(StackSet a, StackSet b)
    {
        if (ReferenceEquals(a, b))
            return a;
        if (!_unions.TryGetValue((a, b), out var union))
            _unions[(a, b)] = union = Unite(a, b);
        return union;
    }

    private StackSet Unite(StackSet a, StackSet b)
    {
        var returns = new List<int>(a.Returns.Length + b.Returns.Length);
        var below = new List<StackSet>(returns.Capacity);
        for (int i = 0, j = 0; i < a.Returns.Length || j < b.Returns.Length;)
        {
            var order = i == a.Returns.Length ? 1 : j == b.Returns.Length ? -1 : a.Returns[i].CompareTo(b.Returns[j]);
            returns.Add(order <= 0 ? a.Returns[i] : b.Returns[j]);
            below.Add(order < 0 ? a.Below[i] : order > 0 ? b.Below[j] : Union(a.Below[i], b.Below[j]));
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return Unique(new StackSet(a.HasEmpty || b.HasEmpty, [.. returns], [.. below]));
    }

    private StackSet Unique(StackSet set)
    {
        if (_known.TryGetValue(set, out var known))
            return known;
        _known.Add(set);
        return set;
    }

    /// <summary>Equal when made of the same objects.</summary>
    private sealed class Comparer : IEqualityComparer<StackSet>
    {
        public static Comparer Instance { get; } = new();

        public bool Equals(StackSet? a, StackSet? b) =>
            ReferenceEquals(a, b)
            || (a is not null && b is not null && a.HasEmpty == b.HasEmpty && a.Returns.AsSpan().SequenceEqual(b.Returns) && HaveSame(a.Below, b.Below));

        public int GetHashCode(StackSet set)
        {
            var hash = new HashCode();
            hash.Add(set.HasEmpty);
            for (var i = 0; i < set.Returns.Length; i++)
            {
                hash.Add(set.Returns[i]);
                hash.Add(RuntimeHelpers.GetHashCode(set.Below[i]));
            }

            return hash.ToHashCode();
        }

        private static bool HaveSame(StackSet[] a, StackSet[] b)
        {
            for (var i = 0; i < a.Length; i++)
            {
                if (!ReferenceEquals(a[i], b[i]))
                    return false;
            }

            return true;
        }
    }
}

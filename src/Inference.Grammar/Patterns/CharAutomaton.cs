namespace Inference.Grammar.Patterns;

/// <summary>
/// A finite automaton over characters, without empty transitions; not necessarily deterministic. State 0 is the start. Only states from
/// which the end can be reached are kept. Immutable.
/// </summary>
internal sealed class CharAutomaton
{
    private readonly (CodePointSet Set, int Target)[][] _edges;
    private readonly bool[] _isAccepting;

    private CharAutomaton((CodePointSet Set, int Target)[][] edges, bool[] isAccepting) => (_edges, _isAccepting) = (edges, isAccepting);

    public int StateCount => _edges.Length;

    /// <summary>Whether it accepts nothing at all.</summary>
    public bool IsEmpty => _edges[0].Length == 0 && !_isAccepting[0];

    public ReadOnlySpan<(CodePointSet Set, int Target)> Edges(int state) => _edges[state];

    public bool IsAccepting(int state) => _isAccepting[state];

    /// <summary>All texts of a length, in characters.</summary>
    /// <param name="min">At least 0.</param>
    /// <param name="max">Null: no limit.</param>
    /// <param name="budget">For its states.</param>
    public static CharAutomaton OfLength(int min, int? max, CompileBudget budget)
    {
        var count = Math.Max(min, max ?? 0) + 1;
        budget.CheckStates(count);
        var edges = new (CodePointSet, int)[count][];
        var isAccepting = new bool[count];
        for (var i = 0; i < count; i++)
        {
            isAccepting[i] = i >= min && !(i > max);
            edges[i] = i + 1 < count ? [(CodePointSet.All, i + 1)] : max is null ? [(CodePointSet.All, i)] : [];
        }

        return Trim(edges, isAccepting);
    }

    /// <summary>Exactly the given texts.</summary>
    public static CharAutomaton OfLiterals(IEnumerable<string> literals, CompileBudget budget)
    {
        var children = new List<Dictionary<int, int>> { new() };
        var accepting = new HashSet<int>();
        foreach (var literal in literals)
        {
            var state = 0;
            foreach (var rune in literal.EnumerateRunes())
            {
                if (!children[state].TryGetValue(rune.Value, out var next))
                {
                    budget.CheckStates(children.Count);
                    children[state][rune.Value] = next = children.Count;
                    children.Add([]);
                }

                state = next;
            }

            accepting.Add(state);
        }

        var edges = children.Select(next => next.Select(pair => (CodePointSet.OfRange(pair.Key, pair.Key), pair.Value)).ToArray()).ToArray();
        return new CharAutomaton(edges, [.. Enumerable.Range(0, edges.Length).Select(accepting.Contains)]);
    }

    /// <summary>The automaton whose states are what <paramref name="step"/> makes of a start and characters.</summary>
    /// <param name="start">The first state.</param>
    /// <param name="step">The transitions from a state.</param>
    /// <param name="isAccepting">Whether a text may end in a state.</param>
    /// <param name="budget">For its states.</param>
    public static CharAutomaton Explore<TState>(
        TState start, Func<TState, IEnumerable<(CodePointSet Set, TState Target)>> step, Func<TState, bool> isAccepting, CompileBudget budget)
        where TState : notnull
    {
        var ids = new Dictionary<TState, int> { [start] = 0 };
        var states = new List<TState> { start };
        var edges = new List<(CodePointSet, int)[]>();
        for (var i = 0; i < states.Count; i++)
        {
            var found = new List<(CodePointSet, int)>();
            foreach (var (set, target) in step(states[i]))
            {
                budget.CheckTime();
                if (!ids.TryGetValue(target, out var id))
                {
                    budget.CheckStates(states.Count);
                    ids[target] = id = states.Count;
                    states.Add(target);
                }

                found.Add((set, id));
            }

            edges.Add([.. found]);
        }

        return Trim([.. edges], [.. states.Select(isAccepting)]);
    }

    /// <summary>The texts that both accept.</summary>
    public CharAutomaton Intersect(CharAutomaton other, CompileBudget budget)
    {
        return Explore((0, 0), Step, pair => _isAccepting[pair.Item1] && other._isAccepting[pair.Item2], budget);

        IEnumerable<(CodePointSet, (int, int))> Step((int A, int B) pair)
        {
            foreach (var (setA, a) in _edges[pair.A])
            {
                foreach (var (setB, b) in other._edges[pair.B])
                {
                    if (setA.Intersect(setB) is { IsEmpty: false } common)
                        yield return (common, (a, b));
                }
            }
        }
    }

    /// <summary>The texts that it does not accept. Its size can be exponential in the number of states.</summary>
    public CharAutomaton Complement(CompileBudget budget)
    {
        var start = new StateSet([0]);
        return Explore(start, Step, set => !Array.Exists(set.States, state => _isAccepting[state]), budget);

        IEnumerable<(CodePointSet, StateSet)> Step(StateSet set)
        {
            var edges = set.States.SelectMany(state => _edges[state]).ToList();
            return Partition(edges).Select(part => (part.Set, new StateSet(part.Targets)));
        }
    }

    /// <summary>Whether it accepts a text.</summary>
    public bool Accepts(string text)
    {
        HashSet<int> states = [0];
        foreach (var rune in text.EnumerateRunes())
            states = [.. states.SelectMany(state => _edges[state]).Where(edge => edge.Set.Contains(rune.Value)).Select(edge => edge.Target)];
        return states.Any(state => _isAccepting[state]);
    }

    /// <summary>Cuts all characters into sets of those that lead to the same states; those that lead nowhere included.</summary>
    private static IEnumerable<(CodePointSet Set, int[] Targets)> Partition(List<(CodePointSet Set, int Target)> edges)
    {
        var borders = new SortedSet<int> { 0 };
        foreach (var (low, high) in edges.SelectMany(edge => edge.Set.Ranges))
        {
            borders.Add(low);
            borders.Add(high + 1);
        }

        var parts = new Dictionary<StateSet, List<(int, int)>>();
        var starts = borders.ToArray();
        for (var i = 0; i < starts.Length; i++)
        {
            var targets = new StateSet([.. edges.Where(edge => edge.Set.Contains(starts[i])).Select(edge => edge.Target).Distinct().Order()]);
            if (!parts.TryGetValue(targets, out var ranges))
                parts[targets] = ranges = [];
            ranges.Add((starts[i], i + 1 < starts.Length ? starts[i + 1] - 1 : int.MaxValue));
        }

        return parts.Select(part => (CodePointSet.OfRanges(part.Value), part.Key.States)).Where(part => !part.Item1.IsEmpty);
    }

    /// <summary>Leaves out the states that do not lead to the end.</summary>
    private static CharAutomaton Trim((CodePointSet Set, int Target)[][] edges, bool[] isAccepting)
    {
        var sources = new List<int>[edges.Length];
        for (var state = 0; state < edges.Length; state++)
        {
            foreach (var (_, target) in edges[state])
                (sources[target] ??= []).Add(state);
        }

        var isLive = (bool[])isAccepting.Clone();
        var pending = new Stack<int>(Enumerable.Range(0, edges.Length).Where(state => isAccepting[state]));
        while (pending.TryPop(out var state))
        {
            foreach (var source in sources[state] ?? [])
            {
                if (isLive[source])
                    continue;
                isLive[source] = true;
                pending.Push(source);
            }
        }

        var ids = new int[edges.Length];
        var kept = Enumerable.Range(0, edges.Length).Where(state => state == 0 || isLive[state]).ToArray();
        for (var i = 0; i < kept.Length; i++)
            ids[kept[i]] = i;
        var keptEdges = kept.Select(state => edges[state].Where(edge => isLive[edge.Target]).Select(edge => (edge.Set, ids[edge.Target])).ToArray());
        return new CharAutomaton([.. keptEdges], [.. kept.Select(state => isAccepting[state])]);
    }
}

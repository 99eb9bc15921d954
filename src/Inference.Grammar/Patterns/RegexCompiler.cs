namespace Inference.Grammar.Patterns;

/// <summary>
/// From a pattern to an automaton: Thompson's construction (Regular expression search algorithm, 1968), then its empty transitions are
/// removed. The anchors are empty transitions that may be taken only before the first character, or only after the last.
/// </summary>
internal sealed class RegexCompiler
{
    private readonly List<List<(Step Kind, CodePointSet? Set, int Target)>> _states = [];
    private readonly CompileBudget _budget;
    private int _closures;

    private RegexCompiler(CompileBudget budget) => _budget = budget;

    private enum Step
    {
        Character,
        Empty,
        Start,
        End,
    }

    /// <summary>The texts that a pattern matches as a whole.</summary>
    /// <exception cref="ConstraintException">The pattern is malformed, not supported or too large.</exception>
    public static CharAutomaton WholeMatch(string pattern, CompileBudget budget) =>
        new RegexCompiler(budget).Compile(RegexParser.Parse(pattern, budget.Place));

    /// <summary>The texts in which a pattern matches somewhere, as JSON Schema has it.</summary>
    /// <exception cref="ConstraintException">The pattern is malformed, not supported or too large.</exception>
    public static CharAutomaton Search(string pattern, CompileBudget budget)
    {
        var anything = new RegexNode.Repeat(new RegexNode.Character(CodePointSet.All), 0, null);
        return new RegexCompiler(budget).Compile(new RegexNode.Sequence([anything, RegexParser.Parse(pattern, budget.Place), anything]));
    }

    private CharAutomaton Compile(RegexNode node)
    {
        var start = NewState();
        var end = Emit(node, start);
        var atStart = Closure(start, isFirst: true, end);
        var later = new Dictionary<int, (List<(CodePointSet, int)> Edges, bool IsEnd)>();

        // State -1 is the start, before the first character.
        return CharAutomaton.Explore(-1, state => Reach(state).Edges, state => Reach(state).IsEnd, _budget);

        (List<(CodePointSet, int)> Edges, bool IsEnd) Reach(int state)
        {
            if (state < 0)
                return atStart;
            if (!later.TryGetValue(state, out var reach))
                later[state] = reach = Closure(state, isFirst: false, end);
            return reach;
        }
    }

    /// <summary>What can be reached from a state without a character: the characters to come, and whether the text may end.</summary>
    private (List<(CodePointSet, int)> Edges, bool IsEnd) Closure(int from, bool isFirst, int end)
    {
        var edges = new List<(CodePointSet, int)>();
        var seen = new HashSet<(int State, bool IsOver)> { (from, false) };
        var pending = new Stack<(int State, bool IsOver)>(seen);
        var isEnd = false;
        while (pending.TryPop(out var at))
        {
            _budget.CheckStates(_closures++ / 16);
            isEnd |= at.State == end;
            foreach (var (kind, set, target) in _states[at.State])
            {
                if (kind == Step.Character && !at.IsOver)
                    edges.Add((set!, target));
                var isTaken = kind switch { Step.Empty or Step.End => true, Step.Start => isFirst, _ => false };
                var next = (target, at.IsOver || kind == Step.End);
                if (isTaken && seen.Add(next))
                    pending.Push(next);
            }
        }

        return (edges, isEnd);
    }

    private int Emit(RegexNode node, int from)
    {
        switch (node)
        {
            case RegexNode.Character(var set):
                return Connect(from, Step.Character, set);
            case RegexNode.Start:
                return Connect(from, Step.Start);
            case RegexNode.End:
                return Connect(from, Step.End);
            case RegexNode.Sequence(var items):
                return items.Aggregate(from, (at, item) => Emit(item, at));
            case RegexNode.Alternatives(var items):
                return EmitAlternatives(items, from);
            case RegexNode.Repeat(var item, var min, var max):
                return EmitRepeat(item, min, max, from);
            default:
                throw new InvalidOperationException($"A pattern holds {node}.");
        }
    }

    private int EmitAlternatives(IReadOnlyList<RegexNode> items, int from)
    {
        var end = NewState();
        foreach (var item in items)
            Add(Emit(item, Connect(from, Step.Empty)), Step.Empty, null, end);
        return end;
    }

    private int EmitRepeat(RegexNode item, int min, int? max, int from)
    {
        for (var i = 0; i < min; i++)
            from = Emit(item, from);

        var end = NewState();
        Add(from, Step.Empty, null, end);
        if (max is null)
        {
            var loop = Connect(from, Step.Empty);
            Add(Emit(item, loop), Step.Empty, null, loop);
            Add(loop, Step.Empty, null, end);
            return end;
        }

        for (var i = min; i < max; i++)
        {
            from = Emit(item, from);
            Add(from, Step.Empty, null, end);
        }

        return end;
    }

    private int Connect(int from, Step kind, CodePointSet? set = null)
    {
        var to = NewState();
        Add(from, kind, set, to);
        return to;
    }

    private void Add(int from, Step kind, CodePointSet? set, int to) => _states[from].Add((kind, set, to));

    private int NewState()
    {
        _budget.CheckStates(_states.Count);
        _states.Add(new(1));
        return _states.Count - 1;
    }
}

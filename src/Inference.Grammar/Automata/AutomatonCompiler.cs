namespace Inference.Grammar.Automata;

/// <summary>
/// Finishes what a builder has grown: leaves out the states that cannot be reached or do not lead to the end of their rule, and refuses
/// rules that call themselves before anything else.
/// </summary>
internal sealed class AutomatonCompiler
{
    private const int Never = int.MaxValue;

    private readonly AutomatonBuilder _builder;
    private readonly HashSet<int> _ends;
    private readonly int[] _minDepth;

    private AutomatonCompiler(AutomatonBuilder builder)
    {
        _builder = builder;
        _ends = [.. builder.Rules.Select(rule => rule.End)];
        _minDepth = MinDepths();
    }

    /// <summary>Whether a rule has any text at all.</summary>
    public static bool HasText(AutomatonBuilder builder, int rule) => new AutomatonCompiler(builder)._minDepth[builder.StartOf(rule)] != Never;

    /// <param name="builder">What to finish.</param>
    /// <param name="root">The rule that a whole text must be of.</param>
    /// <exception cref="ConstraintException">The root has no text, nests too deep, or a rule is left-recursive.</exception>
    public static Automaton Compile(AutomatonBuilder builder, int root)
    {
        var compiler = new AutomatonCompiler(builder);
        var start = builder.StartOf(root);
        if (compiler._minDepth[start] == Never)
            throw new ConstraintException($"{builder.Budget.Place} allows no answer at all.");
        if (compiler._minDepth[start] > builder.Budget.Limits.MaxDepth)
            throw new ConstraintException($"{builder.Budget.Place} nests deeper than {builder.Budget.Limits.MaxDepth} levels.");
        new LeftRecursionCheck(builder, compiler.IsUsable).Run();
        return compiler.Build(start);
    }

    private bool IsUsable(Edge edge) =>
        _minDepth[edge.Target] != Never && (edge.Kind != EdgeKind.Call || _minDepth[_builder.StartOf(edge.Callee)] != Never);

    /// <summary>
    /// For each state the deepest nesting of calls on the flattest way to its rule's end, by Knuth's generalisation of Dijkstra's algorithm
    /// (A generalization of Dijkstra's algorithm, 1977): states are settled level by level.
    /// </summary>
    private int[] MinDepths()
    {
        var depths = new int[_builder.States.Count];
        Array.Fill(depths, Never);
        var uses = Uses();
        var levels = new List<Stack<int>> { new() };
        foreach (var (_, _, end) in _builder.Rules)
            levels[0].Push(end);

        for (var level = 0; level < levels.Count; level++)
        {
            while (levels[level].TryPop(out var state))
            {
                _builder.Budget.CheckTime();
                if (depths[state] != Never)
                    continue;
                depths[state] = level;
                foreach (var (source, edge) in uses[state] ?? [])
                    Reach(source, edge);
            }
        }

        return depths;

        void Reach(int source, Edge edge)
        {
            if (depths[source] != Never || depths[edge.Target] == Never)
                return;
            var depth = depths[edge.Target];
            if (edge.Kind == EdgeKind.Call)
            {
                var inside = depths[_builder.StartOf(edge.Callee)];
                if (inside == Never)
                    return;
                // What a rule ends with needs no frame.
                depth = Math.Max(depth, inside + (LeadsOnlyToEnd(edge.Target) ? 0 : 1));
            }

            while (levels.Count <= depth)
                levels.Add(new());
            levels[depth].Push(source);
        }
    }

    private bool LeadsOnlyToEnd(int state)
    {
        // Longer chains, should there be any, only cost a level.
        for (var length = 0; length < 8 && !_ends.Contains(state); length++)
        {
            if (_builder.States[state] is not [{ Kind: EdgeKind.Empty } way])
                return false;
            state = way.Target;
        }

        return _ends.Contains(state);
    }

    /// <summary>For each state the edges that lead to it, or call the rule that it starts.</summary>
    private List<(int Source, Edge Edge)>?[] Uses()
    {
        var uses = new List<(int, Edge)>?[_builder.States.Count];
        for (var state = 0; state < _builder.States.Count; state++)
        {
            foreach (var edge in _builder.States[state])
            {
                (uses[edge.Target] ??= []).Add((state, edge));
                if (edge.Kind == EdgeKind.Call)
                    (uses[_builder.StartOf(edge.Callee)] ??= []).Add((state, edge));
            }
        }

        return uses;
    }

    /// <summary>Numbers the states that are needed, and skips those that only lead on to one other.</summary>
    private Automaton Build(int start)
    {
        var ids = new Dictionary<int, int>();
        var order = new List<int>();
        var states = new List<List<Edge>>();
        var first = Number(start);
        for (var i = 0; i < order.Count; i++)
        {
            _builder.Budget.CheckTime();
            states.Add([.. _builder.States[order[i]].Where(IsUsable).Select(Renumber)]);
        }

        return new Automaton(states, [.. order.Select(_ends.Contains)], [.. order.Select(state => _minDepth[state])], first);

        Edge Renumber(Edge edge) => edge with
        {
            Target = Number(edge.Target),
            Callee = edge.Kind == EdgeKind.Call ? Number(_builder.StartOf(edge.Callee)) : -1,
        };

        int Number(int state)
        {
            while (!_ends.Contains(state) && Only(state) is { Kind: EdgeKind.Empty } way)
                state = way.Target;
            if (!ids.TryGetValue(state, out var id))
            {
                ids[state] = id = order.Count;
                order.Add(state);
            }

            return id;
        }
    }

    private Edge? Only(int state)
    {
        Edge? only = null;
        foreach (var edge in _builder.States[state])
        {
            if (!IsUsable(edge))
                continue;
            if (only is not null)
                return null;
            only = edge;
        }

        return only;
    }
}

namespace Inference.Grammar.Automata;

/// <summary>
/// A recursive transition network over bytes (Woods, Transition network grammars, 1970): finite automata, one for each rule, that call each
/// other. Every state can reach its rule's end. Immutable.
/// </summary>
internal sealed class Automaton
{
    private readonly Edge[] _edges;
    private readonly int[] _firstEdge;

    /// <param name="states">The edges of each state; calls name the callee's start state.</param>
    /// <param name="isEnd">Whether a state is its rule's end.</param>
    /// <param name="minDepth">For each state, the deepest nesting of calls on the flattest way to its rule's end.</param>
    /// <param name="start">Where the root rule starts.</param>
    public Automaton(IReadOnlyList<IReadOnlyList<Edge>> states, bool[] isEnd, int[] minDepth, int start)
    {
        (IsEnd, MinDepth, Start) = (isEnd, minDepth, start);
        _edges = [.. states.SelectMany(edges => edges)];
        _firstEdge = new int[states.Count + 1];
        for (var i = 0; i < states.Count; i++)
            _firstEdge[i + 1] = _firstEdge[i] + states[i].Count;
        Classes = new ByteClasses(_edges);
    }

    public int Start { get; }

    public int StateCount => IsEnd.Length;

    public bool[] IsEnd { get; }

    public int[] MinDepth { get; }

    public ByteClasses Classes { get; }

    public ReadOnlySpan<Edge> Edges(int state) => _edges.AsSpan(_firstEdge[state].._firstEdge[state + 1]);
}

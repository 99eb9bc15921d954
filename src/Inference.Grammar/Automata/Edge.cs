namespace Inference.Grammar.Automata;

/// <summary>One way on from a state of an <see cref="Automaton"/>.</summary>
/// <param name="Target">The state it leads to.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Low">The first byte of a range.</param>
/// <param name="High">The last byte of a range.</param>
/// <param name="Callee">The rule of a call; its start state once the automaton is built.</param>
internal readonly record struct Edge(int Target, EdgeKind Kind, byte Low = 0, byte High = 0, int Callee = -1)
{
    public bool Takes(byte value) => Kind == EdgeKind.Bytes && value >= Low && value <= High;
}

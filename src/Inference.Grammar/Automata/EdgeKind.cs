namespace Inference.Grammar.Automata;

/// <summary>What it takes to follow an edge.</summary>
internal enum EdgeKind : byte
{
    /// <summary>A byte of a range.</summary>
    Bytes,

    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>A whole text of a rule.</summary>
    Call,
}

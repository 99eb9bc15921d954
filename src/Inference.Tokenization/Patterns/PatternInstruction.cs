namespace Inference.Tokenization.Patterns;

/// <summary>What an instruction does; <c>X</c> and <c>Y</c> are those of <see cref="PatternInstruction"/>.</summary>
internal enum PatternOp
{
    /// <summary>The match, or the body of a lookaround or atomic group, is complete.</summary>
    Accept,

    /// <summary>Takes one code point of Set.</summary>
    One,

    /// <summary>Takes X to Y code points of Set, as many as there are, giving back one by one.</summary>
    Loop,

    /// <summary>As Loop, giving nothing back.</summary>
    PossessiveLoop,

    /// <summary>Goes on at X.</summary>
    Jump,

    /// <summary>Goes on at X, later at Y.</summary>
    Split,

    /// <summary>Tries Dispatch's choices in order.</summary>
    Choose,

    /// <summary>Runs the body at the next instruction once for all, then goes on at X.</summary>
    Atomic,

    /// <summary>Looks ahead with the body at the next instruction, goes on at X. Y: 1 when negative.</summary>
    LookAhead,

    /// <summary>As LookAhead, for the text that ends here; see Behind.</summary>
    LookBehind,

    /// <summary>Tests that the position is that of register X.</summary>
    EndsHere,

    /// <summary>Tests the position; X is an <see cref="AnchorKind"/>.</summary>
    Anchor,

    /// <summary>Keeps the position in register X.</summary>
    Mark,

    /// <summary>Goes on at Y when nothing was taken since register X was marked (an empty round of a loop ends the loop).</summary>
    ExitIfEmpty,
}

/// <summary>One step of a compiled pattern.</summary>
internal readonly record struct PatternInstruction(PatternOp Op, int X = 0, int Y = 0, CodePointSet? Set = null)
{
    /// <summary>For <see cref="PatternOp.Choose"/>.</summary>
    public PatternDispatch? Dispatch { get; init; }

    /// <summary>
    /// For <see cref="PatternOp.LookBehind"/>: how many code points the body takes, and the register that tells it where to end.
    /// </summary>
    public (int Min, int Max, int Register) Behind { get; init; }
}

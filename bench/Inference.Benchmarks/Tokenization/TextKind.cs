namespace Inference.Benchmarks.Tokenization;

/// <summary>What <see cref="SampleText"/> makes.</summary>
public enum TextKind
{
    /// <summary>Prose.</summary>
    English,

    /// <summary>One letter over and over: one piece for the whole text.</summary>
    OneLetter,

    /// <summary>Random letters without a space: one piece, and nothing in it seen before.</summary>
    RandomLetters,

    /// <summary>Spaces only.</summary>
    Spaces,

    /// <summary>Random characters beyond the Basic Multilingual Plane, four bytes each.</summary>
    Emoji,
}

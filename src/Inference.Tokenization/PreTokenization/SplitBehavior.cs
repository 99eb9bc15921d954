namespace Inference.Tokenization.PreTokenization;

/// <summary>What becomes of a delimiter when text is split there.</summary>
internal enum SplitBehavior
{
    /// <summary>It goes.</summary>
    Removed,

    /// <summary>It is a piece of its own.</summary>
    Isolated,

    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>It is a piece together with the delimiters that follow at once.</summary>
    Contiguous,
}

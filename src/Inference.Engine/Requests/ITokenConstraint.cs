namespace Inference.Engine.Requests;

/// <summary>
/// What the tokens of an answer may be, given those before: a grammar, as the engine sees it. Holds the place of one answer, and belongs to
/// the engine loop, which waits for every call: microseconds are what a call may take.
/// </summary>
public interface ITokenConstraint
{
    /// <summary>Whether the answer is whole and nothing can be added to it.</summary>
    bool IsFinished { get; }

    /// <summary>Sets the bit of each token that can come next, and clears all others. In a finished answer these are tokens that end it, or none.</summary>
    /// <param name="mask">Token i is bit i % 32 of word i / 32: [ceil(vocabulary size / 32)].</param>
    void FillMask(Span<uint> mask);

    /// <summary>Goes on with a token that the mask allows.</summary>
    void Accept(int tokenId);

    /// <summary>The token that must come next whatever the model says, if there is such a one.</summary>
    bool TryGetForced(out int tokenId);

    /// <summary>The place of another answer that has come just as far.</summary>
    ITokenConstraint Fork();
}

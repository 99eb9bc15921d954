namespace Inference.Engine;

/// <summary>One sequence's share of a step.</summary>
/// <param name="SequenceId">Unique in the engine.</param>
/// <param name="RequestId">As the front end named it.</param>
/// <param name="PastLength">Tokens in the cache before.</param>
/// <param name="TokenCount">Tokens computed.</param>
/// <param name="IsSampled">Whether it got a token, or several.</param>
public sealed record StepShare(long SequenceId, string RequestId, int PastLength, int TokenCount, bool IsSampled)
{
    /// <summary>Those of the tokens computed that were only proposed.</summary>
    public int DraftTokens { get; init; }

    /// <summary>Proposed tokens that were accepted: with the one sampled after them it got so many and one.</summary>
    public int AcceptedTokens { get; init; }
}

namespace Inference.Engine;

/// <summary>One sequence's share of a step.</summary>
/// <param name="SequenceId">Unique in the engine.</param>
/// <param name="RequestId">As the front end named it.</param>
/// <param name="PastLength">Tokens in the cache before.</param>
/// <param name="TokenCount">Tokens computed.</param>
/// <param name="IsSampled">Whether it got a token.</param>
public sealed record StepShare(long SequenceId, string RequestId, int PastLength, int TokenCount, bool IsSampled);

using System.Collections.Immutable;
using Inference.Engine.Requests;

namespace Inference.Engine.Beams;

/// <summary>One text that a beam search has found.</summary>
/// <param name="Tokens">Its tokens, a final stop token included; none is terminal.</param>
/// <param name="Score">The sum of the tokens' log-probabilities over the penalised length.</param>
/// <param name="Reason">Stop or Length.</param>
internal sealed record BeamHypothesis(ImmutableArray<TokenEvent> Tokens, double Score, FinishReason Reason)
{
    /// <summary>The stop token that ended it; null: its length did.</summary>
    public int? StopTokenId => Reason == FinishReason.Stop ? Tokens[^1].TokenId : null;
}

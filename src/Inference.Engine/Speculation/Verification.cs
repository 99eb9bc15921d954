using Inference.Engine.Sampling;

namespace Inference.Engine.Speculation;

/// <summary>
/// Which proposed tokens stand. Sampling goes through a sequence's rows in order, each with the state that the tokens before it leave, and stops at
/// the first whose token is not the one proposed. A token x that was proposed is thus accepted with its probability p(x), and else another is drawn
/// from p without x: what rejection sampling does with a proposal that is certain of x (Leviathan et al., Fast inference from transformers via
/// speculative decoding, 2023, theorem 3.5). And since random numbers depend on the seed and the token's index alone, the tokens are
/// not only distributed as they would be without proposals but are the same.
/// </summary>
internal static class Verification
{
    /// <summary>How many of the proposed tokens were accepted.</summary>
    /// <param name="proposed">In order.</param>
    /// <param name="sampled">One more; those after the first that is not the proposed one were not sampled and mean nothing.</param>
    public static int AcceptedCount(ReadOnlySpan<int> proposed, ReadOnlySpan<SampledToken> sampled)
    {
        var count = 0;
        while (count < proposed.Length && sampled[count].TokenId == proposed[count])
            count++;
        return count;
    }
}

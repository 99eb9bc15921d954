using Inference.Engine.Execution;

namespace Inference.Simulation.Costs;

/// <summary>What the time of a step depends on.</summary>
/// <param name="Tokens">Tokens computed.</param>
/// <param name="Rows">Rows of logits.</param>
/// <param name="Context">Tokens whose keys and values are read from the cache, counted once for each sequence.</param>
/// <param name="Pairs">Pairs of a query and a key that attention multiplies.</param>
public readonly record struct StepFeatures(long Tokens, long Rows, long Context, long Pairs)
{
    /// <summary>Of a plan.</summary>
    public static StepFeatures Of(StepPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        long context = 0, pairs = 0;
        foreach (ref readonly var step in plan.Sequences.Span)
        {
            context += step.PastLength;
            pairs += step.TokenCount * (step.PastLength + (step.TokenCount + 1L) / 2);
        }

        return new StepFeatures(plan.TokenIds.Length, plan.LogitsRows, context, pairs);
    }
}

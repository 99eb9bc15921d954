namespace Inference.Engine.Speculation;

/// <summary>
/// Speculative decoding by prompt lookup: the tokens that followed the latest ones when they were there before are proposed to follow again, and
/// one step computes and verifies all of them. The names in messages are those of vLLM's <c>speculative_config</c>.
/// </summary>
public sealed record SpeculationOptions
{
    /// <summary>What nobody may exceed.</summary>
    internal const int MostTokens = 64;

    /// <summary>
    /// The most tokens proposed for one sequence in one step: so many while all are accepted, fewer while some are rejected. 1 to
    /// <see cref="MostTokens"/>; default 15.
    /// </summary>
    public int NumSpeculativeTokens { get; init; } = 15;

    /// <summary>Of the latest tokens, the most that are looked for: a longer match counts as much as this. At most 32; default 4.</summary>
    public int PromptLookupMax { get; init; } = 4;

    /// <summary>Of the latest tokens, the fewest that must have been there before. At least 1; default 2.</summary>
    public int PromptLookupMin { get; init; } = 2;

    /// <summary>
    /// Proposals fill a step up to so many tokens in all, and no further. On a CPU the first few tokens of a step cost little more than one, for
    /// the time goes into reading the weights; from there on each costs its share, and a rejected one is lost. At least 2; default 16.
    /// </summary>
    public int MaxStepTokens { get; init; } = 16;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the option and the value.</exception>
    public void Validate()
    {
        if (NumSpeculativeTokens is < 1 or > MostTokens)
            throw new ArgumentException($"num_speculative_tokens must be from 1 to {MostTokens}, not {NumSpeculativeTokens}.");
        if (PromptLookupMax is < 1 or > 32)
            throw new ArgumentException($"prompt_lookup_max must be from 1 to 32, not {PromptLookupMax}.");
        if (PromptLookupMin < 1 || PromptLookupMin > PromptLookupMax)
            throw new ArgumentException($"prompt_lookup_min must be from 1 to prompt_lookup_max ({PromptLookupMax}), not {PromptLookupMin}.");
        if (MaxStepTokens < 2)
            throw new ArgumentException($"max_step_tokens must be at least 2, not {MaxStepTokens}.");
    }
}

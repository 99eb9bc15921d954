namespace Inference.Engine.Speculation;

/// <summary>When to propose, and how much, as pure functions.</summary>
internal static class SpeculationPolicy
{
    /// <summary>Below this share of accepted tokens a sequence pauses: verifying costs more than it brings.</summary>
    public const double LowestRate = 0.2;

    /// <summary>What a proposal counts in the moving mean.</summary>
    private const double Weight = 0.125;

    private const int FirstLength = 4;
    private const int ShortestLength = 2;
    private const int ShortestPause = 16;
    private const int LongestPause = 128;

    /// <summary>Before anything is known of a sequence: some eight proposals in a row must be rejected before it pauses.</summary>
    public static Acceptance Initial { get; } = new(0.5, FirstLength, 0, ShortestPause);

    /// <summary>Proposed tokens that a step has room for: nothing else ever makes way for them.</summary>
    /// <param name="options">With the bound.</param>
    /// <param name="tokenCount">Tokens in the step.</param>
    /// <param name="budget">Tokens that still fit in it.</param>
    public static int Room(SpeculationOptions options, int tokenCount, int budget) =>
        Math.Max(0, Math.Min(budget, options.MaxStepTokens - tokenCount));

    /// <summary>What the next of several sequences may have of the room, rounded up: what one leaves is the others'.</summary>
    public static int Share(int room, int sequences) => (room + sequences - 1) / sequences;

    /// <summary>The most tokens to propose for a sequence: with the one that is sampled after them it must not exceed what it may still have.</summary>
    /// <param name="options">With the bound.</param>
    /// <param name="acceptance">The sequence's.</param>
    /// <param name="generatedLength">Tokens it has generated.</param>
    /// <param name="remaining">Tokens it may still generate.</param>
    /// <param name="room">Its share of the step.</param>
    public static int Length(SpeculationOptions options, in Acceptance acceptance, int generatedLength, int remaining, int room) =>
        generatedLength < acceptance.ResumeAt
            ? 0
            : Math.Max(0, Math.Min(Math.Min(options.NumSpeculativeTokens, acceptance.Length), Math.Min(room, remaining - 1)));

    /// <summary>The acceptance after one more proposal.</summary>
    /// <param name="acceptance">Before it.</param>
    /// <param name="proposed">Tokens proposed, at least 1.</param>
    /// <param name="accepted">Those of them that were accepted.</param>
    /// <param name="generatedLength">Tokens that the sequence had generated before it.</param>
    public static Acceptance After(in Acceptance acceptance, int proposed, int accepted, int generatedLength)
    {
        var rate = acceptance.Rate + Weight * ((double)accepted / proposed - acceptance.Rate);
        if (rate >= LowestRate)
        {
            var length = LengthAfter(acceptance.Length, proposed, accepted);
            return new Acceptance(rate, length, 0, rate >= Initial.Rate ? ShortestPause : acceptance.Pause);
        }

        // After the pause one rejected proposal is enough for the next, and one that is accepted to go on.
        return new Acceptance(LowestRate, ShortestLength, generatedLength + acceptance.Pause, Math.Min(2 * acceptance.Pause, LongestPause));
    }

    /// <summary>Twice as many when all were accepted, else one more than were. One that was cut short and accepted tells nothing of longer ones.</summary>
    private static int LengthAfter(int length, int proposed, int accepted)
    {
        if (accepted < proposed)
            return Math.Max(accepted + 1, ShortestLength);
        return proposed < length ? length : Math.Min(2 * length, SpeculationOptions.MostTokens);
    }
}

namespace Inference.LoadTest.Data;

/// <summary>Prompts without meaning, of lengths that are known.</summary>
internal sealed record RandomDataOptions
{
    /// <summary>Tokens of a prompt (of each turn), prefix included.</summary>
    public int InputTokens { get; init; } = 512;

    public int OutputTokens { get; init; } = 128;

    /// <summary>Lengths are drawn from the given one, more or less by this share of it; 0 is exact.</summary>
    public double RangeRatio { get; init; }

    /// <summary>Tokens in the beginning that prompts have in common.</summary>
    public int PrefixTokens { get; init; }

    /// <summary>How many such prefixes there are.</summary>
    public int Prefixes { get; init; } = 1;

    /// <summary>Turns of a conversation.</summary>
    public int Turns { get; init; } = 1;

    /// <summary>Token ids are of this range.</summary>
    public (int First, int End) Vocabulary { get; init; } = (1000, 30_000);

    /// <summary>Whether prompts are token ids, not words.</summary>
    public bool AsTokenIds { get; init; }

    public int Seed { get; init; }

    /// <exception cref="FormatException">An option is out of its range.</exception>
    public void Validate()
    {
        Check(InputTokens >= 1, $"--input-tokens {InputTokens}: at least 1.");
        Check(OutputTokens >= 1, $"--output-tokens {OutputTokens}: at least 1.");
        Check(RangeRatio is >= 0 and < 1, $"--range-ratio {RangeRatio}: from 0 to below 1.");
        Check(PrefixTokens >= 0 && PrefixTokens < InputTokens, $"--prefix-tokens {PrefixTokens}: fewer than --input-tokens, {InputTokens}.");
        Check(Prefixes >= 1, $"--prefixes {Prefixes}: at least 1.");
        Check(Turns >= 1, $"--turns {Turns}: at least 1.");
        Check(Vocabulary.First >= 0 && Vocabulary.End > Vocabulary.First, "--vocabulary: FIRST-END, and FIRST is below END.");
    }

    private static void Check(bool isSo, string message)
    {
        if (!isSo)
            throw new FormatException(message);
    }
}

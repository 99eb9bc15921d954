using System.Collections.Frozen;

namespace Inference.Engine.Requests;

/// <summary>How the next token is chosen. Validated by whoever builds it; the engine trusts the ranges given here.</summary>
public sealed record SamplingParameters
{
    /// <summary>Deterministic arg max.</summary>
    public static SamplingParameters Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Divides the logits; 0 means greedy (arg max, lowest id on a tie). Range 0 to 100.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Nucleus: keep the smallest set of tokens whose probability reaches this. Range (0, 1]; 1 keeps all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keep the k most likely tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keep tokens at least this likely relative to the most likely one. Range [0, 1]; 0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>
    /// Divides positive and multiplies negative logits of tokens in the prompt or the output (CTRL, section 4.1). Range (0, ∞); 1 does
    /// nothing.
    /// </summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted once from the logit of every token in the output. Range [-2, 2].</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted from the logit of a token for each time it is in the output. Range [-2, 2].</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Same seed, same tokens, whatever else is running; null draws a fresh seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Added to the logits of these token ids before all but <see cref="Constraint"/>; null for none.</summary>
    public FrozenDictionary<int, float>? LogitBias { get; init; }

    /// <summary>
    /// How many of the most likely alternatives to report with each token (0 reports the chosen token's own); null reports nothing.
    /// </summary>
    public int? TopLogprobs { get; init; }

    /// <summary>
    /// What the tokens may be, before the first one; null: anything. All others have a logit of -∞ before everything else. It is forked for
    /// each sequence, so that requests can share it.
    /// </summary>
    public ITokenConstraint? Constraint { get; init; }

    /// <summary>Whether <see cref="Temperature"/> asks for the arg max.</summary>
    public bool IsGreedy => Temperature == 0;
}

namespace Inference.Engine.Requests;

/// <summary>Beam search instead of sampling: the likeliest texts that a search of this width finds. Validated by whoever builds it.</summary>
public sealed record BeamSearchParameters
{
    /// <summary>Beams that are followed at once, and finished texts that are kept. At least 1.</summary>
    public required int Width { get; init; }

    /// <summary>How many of the finished texts are answered, the best ones. Range [1, <see cref="Width"/>].</summary>
    public required int Answers { get; init; }

    /// <summary>
    /// A text's score is the sum of its tokens' log-probabilities, divided by their number to this power: more than 0 favours longer texts.
    /// Finite; default 1.
    /// </summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>When the search ends before all beams have.</summary>
    public EarlyStopping EarlyStopping { get; init; }
}

using Inference.Engine.Requests;

namespace Inference.Server.Validation;

/// <summary>The checked fields that do not depend on a prompt.</summary>
/// <param name="N">Choices per prompt in the answer.</param>
/// <param name="BestOf">Choices per prompt to generate, of which the best are answered.</param>
/// <param name="TopLogprobs">How many alternatives the answer reports with each token; null for no log-probabilities.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Text">How they become text.</param>
internal sealed record GenerationSettings(int N, int BestOf, int? TopLogprobs, SamplingParameters Sampling, TextOptions Text)
{
    /// <summary>How many alternatives the answer reports with each token of the prompt, in a field of its own; null for nothing.</summary>
    public int? PromptLogprobs { get; init; }

    /// <summary>What the answers must look like; null: anything.</summary>
    public ResponseConstraint? Constraint { get; init; }

    /// <summary>Whether the text begins with the prompt.</summary>
    public bool IsEchoing { get; init; }

    /// <summary>Whether what is generated is left out.</summary>
    public bool IsPromptOnly { get; init; }

    /// <summary>Beam search of more than one beam in place of sampling, which gives all choices of a prompt; null: none.</summary>
    public BeamSearchParameters? Beams { get; init; }

    /// <summary>How urgent it is: the lower the earlier.</summary>
    public int Priority { get; init; }

    /// <summary>How long after its arrival it must have begun; null: any time.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Sequences that each prompt takes.</summary>
    public int SequencesPerPrompt => Beams?.Width ?? BestOf;
}

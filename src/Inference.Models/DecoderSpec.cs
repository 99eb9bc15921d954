namespace Inference.Models;

/// <summary>
/// What a decoder computes, as data. Model families differ in this record and in the names of their weights, not in code paths:
/// one graph emitter serves all of them. Weights are named as <see cref="WeightNames"/> says, whatever file they come from.
/// </summary>
public sealed record DecoderSpec
{
    /// <summary>The family's name as in a Hugging Face <c>model_type</c>, for example <c>llama</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Rows of the embedding and of the head.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>The longest sequence that the model was made for, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>The attention of every layer.</summary>
    public required AttentionSpec Attention { get; init; }

    /// <summary>The MLP of every layer.</summary>
    public required MlpSpec Mlp { get; init; }

    /// <summary>Epsilon of the RMS norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Whether the head is the embedding matrix.</summary>
    public required bool TieWordEmbeddings { get; init; }
}

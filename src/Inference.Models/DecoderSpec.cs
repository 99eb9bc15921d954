using System.Text.Json.Serialization;

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

    /// <summary>The attention of every layer, but for what <see cref="LayerAttention"/> says; see <see cref="AttentionOf"/>.</summary>
    public required AttentionSpec Attention { get; init; }

    /// <summary>What each layer's attention has of its own, an item for each layer; null where all are alike.</summary>
    public ValueList<LayerAttention>? LayerAttention { get; init; }

    /// <summary>The MLP of every layer.</summary>
    public required MlpSpec Mlp { get; init; }

    /// <summary>How attention and MLP follow one another.</summary>
    public ResidualKind Residual { get; init; }

    /// <summary>Multiplies what attention and MLP add to the residual.</summary>
    public float BranchMultiplier { get; init; } = 1;

    /// <summary>The norms.</summary>
    public NormSpec Norm { get; init; } = new();

    /// <summary>Epsilon of all norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>From tokens to the first layer.</summary>
    public TokenEmbeddingSpec Embedding { get; init; } = new();

    /// <summary>From the last norm to logits.</summary>
    public HeadSpec Head { get; init; } = new();

    /// <summary>Whether the head is the embedding matrix.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The sizes that whoever runs the model's graph must know.</summary>
    [JsonIgnore]
    public ModelShape Shape => new()
    {
        VocabularySize = VocabularySize,
        MaxPositions = MaxPositions,
        LayerCount = LayerCount,
        KvHeadCount = Attention.KvHeadCount,
        HeadSize = Attention.HeadSize,
    };

    /// <summary>The attention of one layer.</summary>
    /// <param name="layer">0 to <see cref="LayerCount"/> - 1.</param>
    public AttentionSpec AttentionOf(int layer) => LayerAttention is { } layers
        ? Attention with { Window = layers.Items[layer].Window, Rotary = layers.Items[layer].Rotary }
        : Attention;
}

namespace Inference.Models;

/// <summary>The sizes of a model that whoever runs its graph must know: of its cache, its logits and its longest sequence.</summary>
public sealed record ModelShape
{
    /// <summary>Logits of a token.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest sequence, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Layers with a cache.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Key and value heads of a layer.</summary>
    public required int KvHeadCount { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadSize { get; init; }
}

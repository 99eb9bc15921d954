using System.Collections.Immutable;

namespace Inference.Models.GenAi;

/// <summary>What the genai_config.json of an ONNX Runtime GenAI package says of its decoder.</summary>
public sealed record GenAiConfig
{
    /// <summary>The model family, such as <c>llama</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>The graph's file, relative to the package's folder.</summary>
    public required string FileName { get; init; }

    /// <summary>Sizes; <see cref="ModelShape.MaxPositions"/> is context_length.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>The tokens that end a text.</summary>
    public required ImmutableArray<int> EosTokenIds { get; init; }

    /// <summary>The token that a text begins with; null for none.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The token that pads; null for none.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>The names of the graph's inputs and outputs.</summary>
    public required GenAiNames Names { get; init; }

    /// <summary>What the package recommends for sampling.</summary>
    public required GenAiSearch Search { get; init; }

    /// <summary>Tokens per block that a package with a paged cache asks for (engine.dynamic_batching.block_size); null where it does not say.</summary>
    public int? BlockSize { get; init; }
}

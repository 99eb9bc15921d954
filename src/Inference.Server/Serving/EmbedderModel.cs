using System.Collections.Immutable;
using Inference.Tokenization;

namespace Inference.Server.Serving;

/// <summary>An embedding model as the HTTP side knows it. Immutable.</summary>
internal sealed record EmbedderModel
{
    /// <summary>The names that requests may use.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>Text to tokens.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The most tokens of a text, special ones included.</summary>
    public required int MaxLength { get; init; }

    /// <summary>The length of a vector.</summary>
    public required int Dimensions { get; init; }

    /// <summary>When the server loaded it.</summary>
    public required DateTimeOffset LoadedAt { get; init; }
}

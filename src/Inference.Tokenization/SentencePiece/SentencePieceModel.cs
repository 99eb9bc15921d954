using Inference.Tokenization.Normalization;

namespace Inference.Tokenization.SentencePiece;

/// <summary>What a sentencepiece tokenizer.model says, or a GGUF file in its place.</summary>
internal sealed record SentencePieceModel
{
    /// <summary>All pieces; a piece's id is its place.</summary>
    public required IReadOnlyList<ScoredPiece> Pieces { get; init; }

    /// <summary>A unigram model, not byte-pair merging.</summary>
    public required bool IsUnigram { get; init; }

    /// <summary>A space goes before every text.</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>White space at the ends goes, and of several spaces all but one.</summary>
    public bool RemoveExtraWhitespaces { get; init; }

    /// <summary>The normalization rules, if there are any.</summary>
    public CharacterMap? CharacterMap { get; init; }

    /// <summary>The id that begins a text; null when none does.</summary>
    public int? BosId { get; init; }

    /// <summary>The id that ends a text; null when none does.</summary>
    public int? EosId { get; init; }

    /// <summary>The padding's id, if there is one.</summary>
    public int? PadId { get; init; }

    /// <summary>Whether <see cref="BosId"/> is put before a text with special tokens.</summary>
    public bool AddBos { get; init; }

    /// <summary>Whether <see cref="EosId"/> is put behind a text with special tokens.</summary>
    public bool AddEos { get; init; }
}

namespace Inference.Tokenization.Bpe;

/// <summary>The settings of a byte-pair model, named as in tokenizer.json; empty affixes are null here.</summary>
internal sealed record BpeOptions
{
    public string? UnkToken { get; init; }

    public string? ContinuingSubwordPrefix { get; init; }

    public string? EndOfWordSuffix { get; init; }

    public bool FuseUnk { get; init; }

    public bool ByteFallback { get; init; }

    public bool IgnoreMerges { get; init; }
}

namespace Inference.Tokenization.Unigram;

/// <summary>The settings of a unigram model, named as in tokenizer.json.</summary>
internal sealed record UnigramOptions
{
    /// <summary>The id of what has no piece; -1 when there is none.</summary>
    public int UnkId { get; init; } = -1;

    public bool ByteFallback { get; init; }
}

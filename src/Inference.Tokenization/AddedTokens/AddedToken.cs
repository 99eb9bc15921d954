namespace Inference.Tokenization.AddedTokens;

/// <summary>A token that is found in the text before the model sees it; the settings are those of tokenizer.json.</summary>
internal sealed record AddedToken
{
    public required string Content { get; init; }

    /// <summary>Only where no word character stands next to it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Takes the white space before it along.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Takes the white space after it along.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Looked for, in normalized form, in the normalized text.</summary>
    public bool Normalized { get; init; }

    /// <summary>Left out of decoded text when special tokens are skipped.</summary>
    public bool Special { get; init; }
}

namespace Inference.Tokenization.PostProcessing;

/// <summary>The special tokens that a tokenizer puts around a single text.</summary>
internal sealed record PostProcessor(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static PostProcessor None { get; } = new([], []);

    /// <summary>This one's tokens, with <paramref name="outer"/>'s around them.</summary>
    public PostProcessor Within(PostProcessor outer) => new([.. outer.Before, .. Before], [.. After, .. outer.After]);
}

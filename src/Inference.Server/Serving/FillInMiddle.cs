using Inference.Tokenization;

namespace Inference.Server.Serving;

/// <summary>How a model is asked for what belongs between a beginning and an end (Bavarian et al., 2022): special tokens around both.</summary>
/// <param name="Before">The token before the beginning.</param>
/// <param name="Between">The token between beginning and end.</param>
/// <param name="After">The token after the end.</param>
internal sealed record FillInMiddle(int Before, int Between, int After)
{
    private static readonly (string Before, string Between, string After)[] Known =
    [
        ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
        ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
        ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
        ("▁<PRE>", "▁<SUF>", "▁<MID>"),
    ];

    /// <summary>The layout whose tokens a vocabulary has; null when there is none.</summary>
    public static FillInMiddle? Detect(Tokenizer tokenizer)
    {
        foreach (var (before, between, after) in Known)
        {
            if (tokenizer.TokenToId(before) is { } first && tokenizer.TokenToId(between) is { } second && tokenizer.TokenToId(after) is { } third)
            {
                return new FillInMiddle(first, second, third);
            }
        }

        return null;
    }

    /// <summary>The prompt that asks for what is between <paramref name="beginning"/> and <paramref name="end"/>.</summary>
    public int[] Around(ReadOnlySpan<int> beginning, ReadOnlySpan<int> end) => [Before, .. beginning, Between, .. end, After];
}

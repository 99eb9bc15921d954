namespace Inference.Server.Streaming;

/// <summary>Chooses those to be answered, where more were generated: the ones with the highest mean log-probability per token.</summary>
internal static class BestChoices
{
    /// <summary>The best of each prompt, the best first; all as they are when all are wanted.</summary>
    /// <param name="choices">Prompt by prompt, with their tokens unless all are wanted.</param>
    /// <param name="perPrompt">Choices of each prompt.</param>
    /// <param name="wanted">How many of them to keep.</param>
    public static IReadOnlyList<ChoiceText> Of(IReadOnlyList<ChoiceText> choices, int perPrompt, int wanted) => wanted == perPrompt
        ? choices
        : [.. choices.Chunk(perPrompt).SelectMany(candidates => candidates.OrderByDescending(MeanLogprob).Take(wanted))];

    private static double MeanLogprob(ChoiceText choice) =>
        choice.Tokens is { Count: > 0 } tokens ? tokens.Average(token => (double)token.Logprobs!.Logprob) : double.NegativeInfinity;
}

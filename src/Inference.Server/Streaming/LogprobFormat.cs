using System.Text;
using Inference.Protocol.OpenAi;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>Log-probabilities in the shapes of the two APIs. JSON has no infinity: a token that cannot occur has -9999.</summary>
internal static class LogprobFormat
{
    private const float Floor = -9999;

    /// <summary>The shape of chat completions; null when there are no tokens to report.</summary>
    public static ChatLogprobs? ForChat(IReadOnlyList<TokenText>? tokens, Tokenizer tokenizer) => tokens is null ? null : new ChatLogprobs(
    [
        .. tokens.Select(token => new ChatTokenLogprob(
            token.Text,
            Finite(token.Logprobs.Logprob),
            Bytes(token.Text),
            [.. token.Logprobs.Top.Select(top => ToTopLogprob(TextOf(top.TokenId, tokenizer), top.Logprob))])),
    ]);

    /// <summary>The shape of completions; null when there are no tokens to report.</summary>
    public static CompletionLogprobs? ForCompletion(IReadOnlyList<TokenText>? tokens, bool withTop, Tokenizer tokenizer) => tokens is null ? null : new CompletionLogprobs(
        [.. tokens.Select(token => token.Offset)],
        [.. tokens.Select(token => Finite(token.Logprobs.Logprob))],
        [.. tokens.Select(token => token.Text)],
        withTop ? [.. tokens.Select(token => TopByText(token, tokenizer))] : null);

    private static ChatTopLogprob ToTopLogprob(string text, float logprob) => new(text, Finite(logprob), Bytes(text));

    // Different tokens can have the same text (parts of characters have): the likelier one stands.
    private static Dictionary<string, float> TopByText(TokenText token, Tokenizer tokenizer)
    {
        var byText = new Dictionary<string, float>();
        foreach (var (id, logprob) in token.Logprobs.Top)
        {
            byText.TryAdd(TextOf(id, tokenizer), Finite(logprob));
        }

        return byText;
    }

    private static string TextOf(int tokenId, Tokenizer tokenizer) => tokenizer.Decode([tokenId], skipSpecialTokens: false);

    private static int[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];

    private static float Finite(float logprob) => float.IsFinite(logprob) ? Math.Max(logprob, Floor) : Floor;
}

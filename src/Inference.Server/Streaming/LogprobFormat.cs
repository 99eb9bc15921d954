using System.Globalization;
using System.Text;
using Inference.Engine.Requests;
using Inference.Protocol.OpenAi;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>Log-probabilities in the shapes of the APIs. JSON has no infinity: a token that cannot occur has -9999.</summary>
/// <param name="tokenizer">Gives the alternatives their text.</param>
/// <param name="spellsTokenIds">Whether tokens are spelled "token_id:ID" instead.</param>
internal sealed class LogprobFormat(Tokenizer tokenizer, bool spellsTokenIds)
{
    private const float Floor = -9999;

    /// <summary>The shape of chat completions; null when there are no tokens to report.</summary>
    public ChatLogprobs? ForChat(IReadOnlyList<TokenText>? tokens) => tokens is null ? null : new ChatLogprobs(
    [
        .. tokens.Select(token => new ChatTokenLogprob(
            NameOf(token),
            Finite(token.Logprobs!.Logprob),
            Bytes(token.Text),
            [.. token.Logprobs.Top.Select(top => ToTopLogprob(top.TokenId, top.Logprob))])),
    ]);

    /// <summary>The shape of completions; null when there are no tokens to report.</summary>
    public CompletionLogprobs? ForCompletion(IReadOnlyList<TokenText>? tokens) => tokens is null ? null : new CompletionLogprobs(
        [.. tokens.Select(token => token.Offset)],
        [.. tokens.Select(token => token.Logprobs is { } logprobs ? Finite(logprobs.Logprob) : (float?)null)],
        [.. tokens.Select(NameOf)],
        [.. tokens.Select(TopByText)]);

    /// <summary>The field prompt_logprobs.</summary>
    /// <param name="tokenIds">The prompt.</param>
    /// <param name="logprobs">Of its tokens after the first.</param>
    /// <param name="top">Alternatives to report; there may be more.</param>
    public IReadOnlyList<IReadOnlyDictionary<int, PromptLogprob>?> ForPrompt(ReadOnlySpan<int> tokenIds, IReadOnlyList<TokenLogprobs> logprobs, int top)
    {
        var entries = new List<IReadOnlyDictionary<int, PromptLogprob>?>(logprobs.Count + 1) { null };
        for (var i = 0; i < logprobs.Count; i++)
        {
            var id = tokenIds[i + 1];
            var byId = new Dictionary<int, PromptLogprob> { [id] = new(Finite(logprobs[i].Logprob), logprobs[i].Rank, TextOf(id)) };
            for (var rank = 1; rank <= Math.Min(top, logprobs[i].Top.Length); rank++)
            {
                var (other, logprob) = logprobs[i].Top[rank - 1];
                byId.TryAdd(other, new(Finite(logprob), rank, TextOf(other)));
            }

            entries.Add(byId);
        }

        return entries;
    }

    private ChatTopLogprob ToTopLogprob(int tokenId, float logprob)
    {
        var text = TextOf(tokenId);
        return new(spellsTokenIds ? Spell(tokenId) : text, Finite(logprob), Bytes(text));
    }

    // The token that is there comes always. Different tokens can have the same text (parts of characters have): the likelier one stands.
    private Dictionary<string, float>? TopByText(TokenText token)
    {
        if (token.Logprobs is not { } logprobs)
        {
            return null;
        }

        var byText = new Dictionary<string, float>();
        foreach (var (id, logprob) in logprobs.Top)
        {
            byText.TryAdd(spellsTokenIds ? Spell(id) : TextOf(id), Finite(logprob));
        }

        byText.TryAdd(spellsTokenIds ? Spell(token.TokenId) : TextOf(token.TokenId), Finite(logprobs.Logprob));
        return byText;
    }

    private string NameOf(TokenText token) => spellsTokenIds ? Spell(token.TokenId) : token.Text;

    private static string Spell(int tokenId) => string.Create(CultureInfo.InvariantCulture, $"token_id:{tokenId}");

    private string TextOf(int tokenId) => tokenizer.Decode([tokenId], skipSpecialTokens: false);

    private static int[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];

    private static float Finite(float logprob) => float.IsFinite(logprob) ? Math.Max(logprob, Floor) : Floor;
}

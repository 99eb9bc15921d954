using System.Collections.Immutable;
using Inference.Engine.Requests;

namespace Inference.Engine.Beams;

/// <summary>The end of a text that beam search follows, linked to what comes before it: beams that part share all of that.</summary>
/// <param name="Previous">The text without its last token; null: nothing.</param>
/// <param name="TokenId">The last token.</param>
/// <param name="Logprobs">The last token's, when the request asks for them.</param>
/// <param name="Sum">Of the log-probabilities of all tokens.</param>
/// <param name="Length">Tokens.</param>
internal sealed record BeamPath(BeamPath? Previous, int TokenId, TokenLogprobs? Logprobs, double Sum, int Length)
{
    /// <summary>The tokens in order.</summary>
    public ImmutableArray<TokenEvent> Tokens()
    {
        var tokens = new TokenEvent[Length];
        for (var path = this; path is not null; path = path.Previous)
            tokens[path.Length - 1] = TokenEvent.Token(path.TokenId, path.Logprobs);
        return [.. tokens];
    }
}

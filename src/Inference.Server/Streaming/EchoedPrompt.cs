using Inference.Engine.Requests;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>A prompt as the beginning of an answer's text.</summary>
internal static class EchoedPrompt
{
    /// <summary>The prompt's tokens, each with the place of its text.</summary>
    /// <param name="text">What is echoed.</param>
    /// <param name="tokenIds">The prompt.</param>
    /// <param name="logprobs">Of its tokens after the first.</param>
    /// <param name="tokenizer">The model's.</param>
    public static IReadOnlyList<TokenText> Tokens(string text, ReadOnlySpan<int> tokenIds, IReadOnlyList<TokenLogprobs> logprobs, Tokenizer tokenizer)
    {
        var detokenizer = new IncrementalDetokenizer(tokenizer, skipSpecialTokens: false);
        var pieces = new string[tokenIds.Length];
        for (var i = 0; i < pieces.Length; i++)
        {
            pieces[i] = detokenizer.Append(tokenIds[i]);
        }

        // Special tokens that the tokenizer has put in front are no part of the text: it begins after them.
        var offset = text.Length - pieces.Sum(piece => piece.Length);
        var tokens = new TokenText[pieces.Length];
        for (var i = 0; i < pieces.Length; i++)
        {
            tokens[i] = new TokenText(tokenIds[i], pieces[i], Math.Max(0, offset), i == 0 ? null : logprobs[i - 1]);
            offset += pieces[i].Length;
        }

        return tokens;
    }
}

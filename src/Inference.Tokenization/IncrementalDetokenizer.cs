using System.Text;
using Inference.Tokenization.Decoding;

namespace Inference.Tokenization;

/// <summary>
/// Decodes one stream of tokens as it comes. All that <see cref="Append"/> returned, with what <see cref="Flush"/> returns, equals
/// <see cref="Tokenizer.Decode"/> of all ids. A call costs as much as its own token. Not thread-safe.
/// </summary>
public sealed class IncrementalDetokenizer
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly StringBuilder _text = new();
    private DecoderStage _stages;

    /// <param name="tokenizer">The tokenizer that made the ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public IncrementalDetokenizer(Tokenizer tokenizer, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _stages = tokenizer.StartDecoding(_text);
    }

    /// <summary>Takes the next id; the text that is now certain, whole characters only, or "".</summary>
    public string Append(int id)
    {
        if (_tokenizer.DecodedToken(id, _skipSpecialTokens) is { } token)
            _stages.Push(token);
        return Take();
    }

    /// <summary>
    /// Ends the stream: the text that was held back, with U+FFFD for bytes that are no character. A new stream may follow.
    /// </summary>
    public string Flush()
    {
        _stages.Finish();
        _stages = _tokenizer.StartDecoding(_text);
        return Take();
    }

    private string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }
}

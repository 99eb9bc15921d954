using System.Text;
using Inference.Tokenization.AddedTokens;
using Inference.Tokenization.Decoding;
using Inference.Tokenization.Loading;
using Inference.Tokenization.Normalization;
using Inference.Tokenization.PostProcessing;
using Inference.Tokenization.PreTokenization;

namespace Inference.Tokenization;

/// <summary>
/// A tokenizer read from a tokenizer.json: text to ids and back, as Hugging Face's tokenizers does. Immutable and thread-safe once loaded.
/// Truncation, padding and dropout in the file are not applied.
/// </summary>
public sealed class Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly AddedVocabulary _added;
    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly PieceEncoder _encoder;
    private readonly PostProcessor _postProcessor;
    private readonly TokenDecoder _decoder;

    internal Tokenizer(TokenizerDefinition definition)
    {
        (_vocabulary, _added) = (definition.Vocabulary, definition.AddedTokens);
        (_normalizer, _postProcessor, _decoder) = (definition.Normalizer, definition.PostProcessor, definition.Decoder);
        _preTokenizer = WithoutSpelling(definition.PreTokenizer, out bool spellBytes);
        _encoder = new PieceEncoder(definition.Model, spellBytes);
    }

    /// <summary>The highest id, added tokens included, and one. Ids below it may be unused.</summary>
    public int VocabularySize => Math.Max(_vocabulary.IdLimit, _added.IdLimit);

    /// <summary>The special tokens before a text that <see cref="Encode"/> adds when asked to, in order.</summary>
    public IReadOnlyList<int> SpecialTokensBefore => _postProcessor.Before;

    /// <summary>The special tokens behind a text that <see cref="Encode"/> adds when asked to, in order.</summary>
    public IReadOnlyList<int> SpecialTokensAfter => _postProcessor.After;

    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="path">The file's path.</param>
    /// <exception cref="TokenizerFormatException">
    /// The file cannot be read, is malformed or uses something that is not supported.
    /// </exception>
    public static Tokenizer Load(string path) => new(JsonFile.Read(path, TokenizerReader.Read));

    /// <summary>
    /// The text's token ids. Special and other added tokens in the text are recognised. Surrogates without their other half count as
    /// U+FFFD.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">Whether to put the post-processor's special tokens (such as BOS) around it.</param>
    public int[] Encode(string text, bool addSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WellFormed(text);
        List<int> ids = new(text.Length / 3 + 8);
        if (addSpecialTokens)
            ids.AddRange(_postProcessor.Before);
        int done = 0;
        for (int from = 0; _added.InText?.Next(text, from, done) is { } match; from = match.Resume, done = match.End)
        {
            EncodePart(text, done, match.Start, ids);
            ids.Add(match.Id);
        }
        EncodePart(text, done, text.Length, ids);
        if (addSpecialTokens)
            ids.AddRange(_postProcessor.After);
        return [.. ids];
    }

    /// <summary>The text of the ids. Unknown ids are left out; bytes that are not valid UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var text = new StringBuilder();
        DecoderStage stages = StartDecoding(text);
        foreach (int id in ids)
        {
            if (DecodedToken(id, skipSpecialTokens) is { } token)
                stages.Push(token);
        }
        stages.Finish();
        return text.ToString();
    }

    /// <summary>The id of a token, spelled as in the file; null when there is none.</summary>
    public int? TokenToId(string token) =>
        _added.Find(token) ?? (_vocabulary.Find(token) is var id and >= 0 ? id : null);

    /// <summary>The token of an id, spelled as in the file; null when there is none.</summary>
    public string? IdToToken(int id) => _added.TokenOf(id) ?? _vocabulary.TokenOf(id);

    /// <summary>Whether the id is a special token's, which decoding can leave out.</summary>
    public bool IsSpecial(int id) => IdToToken(id) is { } token && _added.IsSpecial(token);

    /// <summary>
    /// The bytes that an id adds to a text that has begun, which need not be whole characters; empty for special tokens and unused ids.
    /// </summary>
    public byte[] BytesOf(int id)
    {
        if (IsSpecial(id))
            return [];
        if (_added.DecodedTextOf(id) is { } text)
            return Encoding.UTF8.GetBytes(text);
        return _vocabulary.TokenOf(id) is { } token ? TokenBytes.Of(token, _decoder) : [];
    }

    /// <summary>What an id contributes to decoding; null when it contributes nothing.</summary>
    internal string? DecodedToken(int id, bool skipSpecialTokens)
    {
        string? token = _added.DecodedTextOf(id) ?? _vocabulary.TokenOf(id);
        return token is null || (skipSpecialTokens && _added.IsSpecial(token)) ? null : token;
    }

    /// <summary>The first stage of a new stream's decoder, which appends to <paramref name="output"/>.</summary>
    internal DecoderStage StartDecoding(StringBuilder output) => _decoder.Start(output);

    /// <summary>A byte-level pre-tokenizer that comes last without its spelling, which is then the piece encoder's.</summary>
    private static PreTokenizer? WithoutSpelling(PreTokenizer? preTokenizer, out bool spellBytes)
    {
        PreTokenizer? last = preTokenizer is SequencePreTokenizer { Steps: [.., var lastStep] } ? lastStep : preTokenizer;
        spellBytes = last is ByteLevelPreTokenizer;
        if (last is not ByteLevelPreTokenizer byteLevel)
            return preTokenizer;
        return preTokenizer is SequencePreTokenizer sequence
            ? new SequencePreTokenizer([.. sequence.Steps.SkipLast(1), byteLevel.Splitting])
            : byteLevel.Splitting;
    }

    /// <summary>Encodes the part of a text between two added tokens.</summary>
    private void EncodePart(string text, int start, int end, List<int> ids)
    {
        if (start >= end)
            return;
        string part = start == 0 && end == text.Length ? text : text[start..end];
        string normalized = _normalizer?.Normalize(part) ?? part;
        int done = 0;
        for (int from = 0; _added.InNormalizedText?.Next(normalized, from, done) is { } match; from = match.Resume, done = match.End)
        {
            EncodeOrdinary(normalized, done, match.Start, start == 0, ids);
            ids.Add(match.Id);
        }
        EncodeOrdinary(normalized, done, normalized.Length, start == 0, ids);
    }

    /// <summary>Encodes text without added tokens.</summary>
    private void EncodeOrdinary(string text, int start, int end, bool first, List<int> ids)
    {
        if (start >= end)
            return;
        var whole = new Piece(text, start, end - start, first && start == 0);
        if (_preTokenizer is null)
        {
            _encoder.Encode(whole.Span, ids);
            return;
        }
        List<Piece> pieces = [];
        _preTokenizer.Split(whole, pieces);
        foreach (Piece piece in pieces)
            _encoder.Encode(piece.Span, ids);
    }

    private static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text;
        // Enumerating runes replaces each surrogate that stands alone.
        var result = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            result.Append(rune);
        return result.ToString();
    }
}

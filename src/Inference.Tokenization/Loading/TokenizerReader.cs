using System.Globalization;
using System.Text.Json;
using Inference.Tokenization.AddedTokens;
using Inference.Tokenization.Normalization;
using Inference.Tokenization.PostProcessing;

namespace Inference.Tokenization.Loading;

/// <summary>Reads the whole of a tokenizer.json.</summary>
internal static class TokenizerReader
{
    /// <summary>
    /// Ids must be below this (the largest published vocabularies have some 300,000): tables are sized by the highest id.
    /// </summary>
    public const int IdLimit = 1 << 22;

    /// <exception cref="TokenizerFormatException">Something in the file is malformed or not supported.</exception>
    public static TokenizerDefinition Read(JsonField root)
    {
        if (root.Text("version") is { } version && version != "1.0")
            throw root["version"].Error($"'{version}' is not supported, only '1.0'");
        (Vocabulary vocabulary, TokenModel model) = ReadModel(root["model"]);
        Normalizer? normalizer = root.Optional("normalizer") is { } field ? NormalizerReader.Read(field) : null;
        List<AddedToken> tokens = root.Optional("added_tokens")?.Items().Select(ReadAddedToken).ToList() ?? [];
        var added = new AddedVocabulary(tokens, vocabulary, normalizer);
        int idLimit = Math.Max(vocabulary.IdLimit, added.IdLimit);
        return new TokenizerDefinition
        {
            Vocabulary = vocabulary,
            Model = model,
            AddedTokens = added,
            Normalizer = normalizer,
            PreTokenizer = root.Optional("pre_tokenizer") is { } splitter ? PreTokenizerReader.Read(splitter) : null,
            PostProcessor = root.Optional("post_processor") is { } processor
                ? PostProcessorReader.Read(processor, idLimit)
                : PostProcessor.None,
            Decoder = DecoderReader.Read(root.Optional("decoder")),
        };
    }

    private static (Vocabulary, TokenModel) ReadModel(JsonField model)
    {
        // Files from before the type was written down are byte-pair models when they have merges.
        string? type = model.Text("type") ?? (model.Optional("merges") is null ? null : "BPE");
        return type switch
        {
            "BPE" => BpeReader.Read(model),
            "WordPiece" => WordPieceReader.Read(model),
            "Unigram" => UnigramReader.Read(model),
            null => throw model.Error("'type' is missing"),
            _ => throw model["type"].Error($"model type '{type}' is not supported"),
        };
    }

    /// <summary>The tokens under added_tokens_decoder of a tokenizer_config.json, by their ids; null when it has none.</summary>
    public static (int Id, AddedToken Token)[]? ReadAddedTokensDecoder(JsonField root)
    {
        if (root.Optional("added_tokens_decoder") is not { } tokens)
            return null;
        List<(int Id, AddedToken Token)> read = [];
        foreach (JsonProperty member in tokens.Members())
        {
            if (!int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= IdLimit)
                throw tokens.Error($"'{member.Name}' is not an id from 0 to {IdLimit - 1}");
            read.Add((id, ReadToken(tokens[member.Name])));
        }
        return [.. read.OrderBy(token => token.Id)];
    }

    private static AddedToken ReadAddedToken(JsonField field)
    {
        field["id"].Integer(0, IdLimit - 1);
        return ReadToken(field);
    }

    private static AddedToken ReadToken(JsonField field) => new()
    {
        Content = field["content"].Text(),
        SingleWord = field.Flag("single_word", false),
        LeftStrip = field.Flag("lstrip", false),
        RightStrip = field.Flag("rstrip", false),
        Normalized = field.Flag("normalized", true),
        Special = field.Flag("special", false),
    };
}

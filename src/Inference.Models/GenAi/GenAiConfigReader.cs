using Inference.Models.Checkpoints;

namespace Inference.Models.GenAi;

/// <summary>Reads genai_config.json. Sections that this program cannot run are errors; those that only tune another runtime are not read.</summary>
internal static class GenAiConfigReader
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Parts of models that are more than one decoder.</summary>
    private static readonly string[] OtherParts = ["encoder", "vision", "speech", "embedding", "joiner", "encoder_decoder_init"];

    /// <exception cref="ModelFormatException">The file cannot be read, or a field is missing or makes no sense; names both.</exception>
    public static GenAiConfig Read(string path)
    {
        var root = JsonFields.Load(path, MaxBytes);
        var model = root.Require("model", root.GetObject("model"));
        if (Array.Find(OtherParts, model.Has) is { } part)
        {
            throw model.Error(part, "is there: only packages of one decoder can be run");
        }

        var decoder = model.Require("decoder", model.GetObject("decoder"));
        if (decoder.Has("pipeline"))
        {
            throw decoder.Error("pipeline", "is there: only packages of one graph can be run");
        }

        var shape = new ModelShape
        {
            VocabularySize = Positive(model, "vocab_size"),
            MaxPositions = Positive(model, "context_length"),
            LayerCount = Positive(decoder, "num_hidden_layers"),
            KvHeadCount = Positive(decoder, "num_key_value_heads"),
            HeadSize = Positive(decoder, "head_size"),
        };
        return new GenAiConfig
        {
            ModelType = model.Require("type", model.GetString("type")),
            FileName = FileName(decoder),
            Shape = shape,
            HeadCount = Positive(decoder, "num_attention_heads"),
            EosTokenIds = [.. (model.GetOneOrMore("eos_token_id") ?? []).Select(id => Token(model, "eos_token_id", id, shape))],
            BosTokenId = OptionalToken(model, "bos_token_id", shape),
            PadTokenId = OptionalToken(model, "pad_token_id", shape),
            Names = Names(decoder.GetObject("inputs"), decoder.GetObject("outputs")),
            Search = root.GetObject("search") is { } search ? Search(search) : new GenAiSearch(),
            BlockSize = root.GetObject("engine")?.GetObject("dynamic_batching") is { } batching && batching.Has("block_size")
                ? Positive(batching, "block_size")
                : null,
        };
    }

    private static GenAiNames Names(JsonFields? inputs, JsonFields? outputs)
    {
        var names = new GenAiNames();
        return names with
        {
            InputIds = Name(inputs, "input_ids", names.InputIds),
            AttentionMask = Name(inputs, "attention_mask", names.AttentionMask),
            PositionIds = Name(inputs, "position_ids", names.PositionIds),
            BlockTable = Name(inputs, "block_table", names.BlockTable),
            BlockTableWindowed = Name(inputs, "block_table_windowed", names.BlockTableWindowed),
            CumulativeSequenceLengths = Name(inputs, "cumulative_sequence_lengths", names.CumulativeSequenceLengths),
            PastSequenceLengths = Name(inputs, "past_sequence_lengths", names.PastSequenceLengths),
            AttentionMetadata = Name(inputs, "attention_metadata", names.AttentionMetadata),
            PastKey = Pattern(inputs, "past_key_names", names.PastKey),
            PastValue = Pattern(inputs, "past_value_names", names.PastValue),
            PresentKey = Pattern(outputs, "present_key_names", names.PresentKey),
            PresentValue = Pattern(outputs, "present_value_names", names.PresentValue),
            Logits = Name(outputs, "logits", names.Logits),
        };
    }

    private static GenAiSearch Search(JsonFields search) => new()
    {
        DoSample = search.GetBool("do_sample"),
        Temperature = Number(search, "temperature", 0, 100),
        TopK = (int?)Number(search, "top_k", 0, int.MaxValue),
        TopP = Number(search, "top_p", 0, 1),
        RepetitionPenalty = Number(search, "repetition_penalty", double.Epsilon, 100),
    };

    private static string Name(JsonFields? fields, string field, string otherwise) =>
        fields?.GetString(field) is not { } name ? otherwise : name.Length > 0 ? name : throw fields.Error(field, "is empty");

    private static string Pattern(JsonFields? fields, string field, string otherwise)
    {
        var pattern = Name(fields, field, otherwise);
        return GenAiNames.IsPattern(pattern) ? pattern : throw fields!.Error(field, "has no %d for the layer's number");
    }

    /// <summary>A file beside genai_config.json: a package is data, and reaches for nothing outside its folder.</summary>
    private static string FileName(JsonFields decoder)
    {
        var name = decoder.Require("filename", decoder.GetString("filename"));
        return PackageFiles.IsWithin(name) ? name : throw decoder.Error("filename", "is not a file of the package's folder");
    }

    private static int Positive(JsonFields fields, string name) =>
        fields.Require(name, fields.GetInt32(name)) is >= 1 and var value ? value : throw fields.Error(name, "must be 1 or more");

    private static double? Number(JsonFields fields, string name, double min, double max) =>
        fields.GetNumber(name) is not { } value ? null
        : value >= min && value <= max ? value
        : throw fields.Error(name, FormattableString.Invariant($"must lie between {min} and {max}"));

    private static int? OptionalToken(JsonFields model, string name, ModelShape shape) =>
        model.GetInt32(name) is { } id ? Token(model, name, id, shape) : null;

    private static int Token(JsonFields model, string name, long id, ModelShape shape) =>
        id >= 0 && id < shape.VocabularySize
            ? (int)id
            : throw model.Error(name, $"is {id}, outside the vocabulary of {shape.VocabularySize}");
}

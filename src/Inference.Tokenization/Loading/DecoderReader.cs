using Inference.Tokenization.Decoding;
using Inference.Tokenization.PreTokenization;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a decoder. A tokenizer without one joins its tokens with spaces.</summary>
internal static class DecoderReader
{
    private const int MaxStrip = 1_000_000;

    public static TokenDecoder Read(JsonField? field)
    {
        List<DecoderStep> steps = [];
        if (field is { } decoder)
            AddSteps(decoder, steps);
        else
            steps.Add(new(_ => new JoinStage()));
        if (steps.Count == 0)
            steps.Add(Fuse());
        return new TokenDecoder(steps);
    }

    private static void AddSteps(JsonField field, List<DecoderStep> steps)
    {
        string type = field["type"].Text();
        if (type == "Sequence")
        {
            foreach (JsonField part in field["decoders"].Items())
                AddSteps(part, steps);
            return;
        }
        steps.Add(type switch
        {
            "ByteLevel" => new(_ => new ByteLevelStage(), Fuses: true),
            "ByteFallback" => new(_ => new ByteFallbackStage()),
            "Fuse" => Fuse(),
            "Metaspace" => ReadMetaspace(field),
            "Replace" => ReadReplace(field),
            "Strip" => ReadStrip(field),
            "WordPiece" => ReadWordPiece(field),
            "BPEDecoder" => ReadBpe(field),
            _ => throw field["type"].Error($"decoder type '{type}' is not supported"),
        });
    }

    private static DecoderStep Fuse() => new(_ => new FuseStage(), Fuses: true, TakesFragments: true);

    private static DecoderStep ReadMetaspace(JsonField field)
    {
        string replacement = field.CodePoint("replacement");
        bool prepended = PreTokenizerReader.ReadPrepend(field) != PrependScheme.Never;
        return new(_ => new MetaspaceStage(replacement, prepended));
    }

    private static DecoderStep ReadReplace(JsonField field)
    {
        var replacer = PatternReader.ReadReplacer(field);
        return replacer.Literal is { } literal
            ? new(
                fused => fused ? new ReplaceFragmentsStage(literal, replacer.Replacement) : new ReplaceStage(replacer),
                TakesFragments: true)
            : new(_ => new ReplaceStage(replacer));
    }

    private static DecoderStep ReadStrip(JsonField field)
    {
        string content = field.CodePoint("content");
        int start = field["start"].Integer(0, MaxStrip);
        int stop = field["stop"].Integer(0, MaxStrip);
        return new(
            fused => fused ? new StripFragmentsStage(content, start, stop) : new StripStage(content, start, stop), TakesFragments: true);
    }

    private static DecoderStep ReadWordPiece(JsonField field)
    {
        string prefix = field["prefix"].Text();
        bool cleanup = field["cleanup"].Flag();
        return new(_ => new WordPieceStage(prefix, cleanup));
    }

    private static DecoderStep ReadBpe(JsonField field)
    {
        string suffix = field["suffix"].Text();
        return new(_ => new WordSuffixStage(suffix));
    }
}

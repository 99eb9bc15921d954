using Inference.Tokenization.Normalization;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a normalizer.</summary>
internal static class NormalizerReader
{
    public static Normalizer Read(JsonField field)
    {
        string type = field["type"].Text();
        return type switch
        {
            "Sequence" => new SequenceNormalizer([.. field["normalizers"].Items().Select(Read)]),
            "NFC" => new UnicodeNormalizer(UnicodeForm.Nfc),
            "NFD" => new UnicodeNormalizer(UnicodeForm.Nfd),
            "NFKC" => new UnicodeNormalizer(UnicodeForm.Nfkc),
            "NFKD" => new UnicodeNormalizer(UnicodeForm.Nfkd),
            "Lowercase" => new LowercaseNormalizer(),
            "Strip" => new StripNormalizer(field["strip_left"].Flag(), field["strip_right"].Flag()),
            "StripAccents" => new StripAccentsNormalizer(),
            "Prepend" => new PrependNormalizer(field["prepend"].Text()),
            "Replace" => new ReplaceNormalizer(PatternReader.ReadReplacer(field)),
            "Nmt" => new NmtNormalizer(),
            "ByteLevel" => new ByteLevelNormalizer(),
            "BertNormalizer" => ReadBert(field),
            "Precompiled" => ReadCharacterMap(field["precompiled_charsmap"]),
            _ => throw field["type"].Error($"normalizer type '{type}' is not supported"),
        };
    }

    private static BertNormalizer ReadBert(JsonField field)
    {
        bool lowercase = field["lowercase"].Flag();
        return new BertNormalizer(
            field["clean_text"].Flag(), field["handle_chinese_chars"].Flag(), field.Flag("strip_accents", otherwise: lowercase), lowercase);
    }

    private static CharacterMapNormalizer ReadCharacterMap(JsonField field) => new(
        CharacterMap.Parse(field.Base64()) ?? throw field.Error("the size of its trie does not fit its own"));
}

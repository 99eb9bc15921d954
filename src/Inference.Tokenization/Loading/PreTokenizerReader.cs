using Inference.Tokenization.Patterns;
using Inference.Tokenization.PreTokenization;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a pre-tokenizer.</summary>
internal static class PreTokenizerReader
{
    public static PreTokenizer Read(JsonField field)
    {
        string type = field["type"].Text();
        return type switch
        {
            "Sequence" => new SequencePreTokenizer([.. field["pretokenizers"].Items().Select(Read)]),
            "ByteLevel" => new ByteLevelPreTokenizer(field["add_prefix_space"].Flag(), field.Flag("use_regex", true)),
            "Split" => new PatternSplitter(PatternReader.Read(field["pattern"]), ReadBehavior(field["behavior"]), field["invert"].Flag()),
            "Digits" => new SetSplitter(
                UnicodeSets.Number, field["individual_digits"].Flag() ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
            "Punctuation" => new SetSplitter(
                UnicodeSets.Punctuation, field.Optional("behavior") is { } behavior ? ReadBehavior(behavior) : SplitBehavior.Isolated),
            "Metaspace" => new MetaspacePreTokenizer(field.CodePoint("replacement"), ReadPrepend(field), field.Flag("split", true)),
            "Whitespace" => new PatternSplitter(WordsOrSymbols(), SplitBehavior.Removed, invert: true),
            "WhitespaceSplit" => new SetSplitter(UnicodeSets.WhiteSpace, SplitBehavior.Removed),
            "BertPreTokenizer" => new SequencePreTokenizer([
                new SetSplitter(UnicodeSets.WhiteSpace, SplitBehavior.Removed),
                new SetSplitter(UnicodeSets.Punctuation, SplitBehavior.Isolated)]),
            "Delimiter" or "CharDelimiterSplit" => new PatternSplitter(
                Pattern.Literal(field.CodePoint("delimiter")), SplitBehavior.Removed, invert: false),
            "FixedLength" => new FixedLengthPreTokenizer(field.Optional("length")?.Integer(1, int.MaxValue) ?? 5),
            _ => throw field["type"].Error($"pre-tokenizer type '{type}' is not supported"),
        };
    }

    /// <summary>Metaspace's scheme, which files without prepend_scheme give as add_prefix_space.</summary>
    public static PrependScheme ReadPrepend(JsonField field)
    {
        PrependScheme scheme = field.Text("prepend_scheme") switch
        {
            "always" or null => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw field["prepend_scheme"].Error($"'{other}' is not one of always, first, never"),
        };
        if (field.Flag("add_prefix_space", true) || scheme == PrependScheme.Never)
            return scheme;
        return field.Text("prepend_scheme") is null
            ? PrependScheme.Never
            : throw field["add_prefix_space"].Error("contradicts prepend_scheme");
    }

    private static SplitBehavior ReadBehavior(JsonField field) => field.Text() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var other => throw field.Error($"'{other}' is not a split behavior"),
    };

    /// <summary><c>\w+|[^\w\s]+</c> as the Rust regex crate reads it.</summary>
    private static Pattern WordsOrSymbols() => Pattern.OneOrMoreOfEither(
        UnicodeSets.RustWord, UnicodeSets.RustWord.Union(UnicodeSets.WhiteSpace).Complement());
}

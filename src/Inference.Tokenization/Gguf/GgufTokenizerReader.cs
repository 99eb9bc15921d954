using Inference.Tokenization.AddedTokens;
using Inference.Tokenization.Bpe;
using Inference.Tokenization.Decoding;
using Inference.Tokenization.Loading;
using Inference.Tokenization.Normalization;
using Inference.Tokenization.PostProcessing;
using Inference.Tokenization.PreTokenization;
using Inference.Tokenization.SentencePiece;

namespace Inference.Tokenization.Gguf;

/// <summary>Makes the tokenizer that a GGUF file's metadata describe (ggml, docs/gguf.md, "Tokenizer").</summary>
internal sealed class GgufTokenizerReader
{
    private const string ModelKey = "tokenizer.ggml.model";
    private const string PreKey = "tokenizer.ggml.pre";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string TypesKey = "tokenizer.ggml.token_type";
    private const string ScoresKey = "tokenizer.ggml.scores";
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string MapKey = "tokenizer.ggml.precompiled_charsmap";
    private const string TemplateKey = "tokenizer.chat_template";

    /// <summary>The end of a text, of a turn and of a message.</summary>
    private static readonly string[] Endings = ["eos", "eot", "eom"];

    private readonly GgufFields _fields;
    private readonly string[] _tokens;
    private readonly int[]? _types;

    private GgufTokenizerReader(GgufFields fields)
    {
        _fields = fields;
        _tokens = fields.Texts(TokensKey);
        if (_tokens.Length is 0 or > TokenizerReader.IdLimit)
            throw fields.Error(TokensKey, $"has {_tokens.Length} tokens, but there must be 1 to {TokenizerReader.IdLimit}");
        _types = fields.Integers(TypesKey, _tokens.Length);
        if (_types is not null && Array.FindIndex(_types, type => !Enum.IsDefined((PieceType)type)) is var unknown and >= 0)
            throw fields.Error(TypesKey, $"token {unknown} has the unknown type {_types[unknown]}");
    }

    /// <summary>Reads the tokenizer, its special tokens and its chat templates.</summary>
    /// <exception cref="TokenizerFormatException">There is none, something is malformed, or of a kind that is not supported.</exception>
    public static TokenizerFolder Read(GgufVocabulary file)
    {
        var fields = new GgufFields(file);
        var reader = new GgufTokenizerReader(fields);
        Dictionary<string, string> templates = reader.ReadTemplates(file.Metadata.Keys);
        return new TokenizerFolder
        {
            Tokenizer = new Tokenizer(reader.ReadDefinition()),
            BosToken = reader.TokenOf("bos"),
            EosToken = reader.TokenOf("eos"),
            PadToken = reader.TokenOf("padding"),
            UnkToken = reader.TokenOf("unknown"),
            EosTokenIds = [.. Endings.Select(reader.IdOf).OfType<int>().Distinct()],
            ChatTemplateSource = templates.GetValueOrDefault(TokenizerFolder.DefaultTemplateName),
            NamedChatTemplates = templates,
            AddBosToken = fields.Has("tokenizer.ggml.add_bos_token") ? reader.AddsBos(false) : null,
        };
    }

    private TokenizerDefinition ReadDefinition() => _fields.Text(ModelKey) switch
    {
        "gpt2" => ReadByteLevel(),
        "llama" => ReadScored(isUnigram: false),
        "t5" => ReadScored(isUnigram: true),
        null => throw _fields.Error(ModelKey, "is missing"),
        var other => throw _fields.Error(
            ModelKey, $"'{other}' is not supported, only gpt2, llama and t5; put the model's tokenizer.json beside the file"),
    };

    private TokenizerDefinition ReadByteLevel()
    {
        string pre = _fields.Text(PreKey) ?? "gpt-2";
        PreTokenizer preTokenizer = GgufPreTokenizers.Find(pre) ?? throw _fields.Error(
            PreKey,
            $"'{pre}' is not known, only {string.Join(", ", GgufPreTokenizers.Names)}; put the model's tokenizer.json beside the file");
        Dictionary<string, int> ids = new(_tokens.Length);
        for (int id = 0; id < _tokens.Length; id++)
            ids.TryAdd(_tokens[id], id);
        var vocabulary = new Vocabulary(ids);
        var options = new BpeOptions { IgnoreMerges = GgufPreTokenizers.IgnoresMerges(pre) };
        return new TokenizerDefinition
        {
            Vocabulary = vocabulary,
            Model = new BpeModel(vocabulary, ReadMerges(vocabulary), options),
            AddedTokens = new AddedVocabulary(AddedTokens(), vocabulary, normalizer: null),
            // Files do not say it: Qwen's tokenizers compose characters first.
            Normalizer = pre is "qwen2" or "deepseek-r1-qwen" ? new UnicodeNormalizer(UnicodeForm.Nfc) : null,
            PreTokenizer = preTokenizer,
            PostProcessor = Around(addsBos: AddsBos(pre is "llama3" or "llama-v3" or "llama-bpe" or "tekken"), addsEos: AddsEos(false)),
            Decoder = new TokenDecoder([new(_ => new ByteLevelStage(), Fuses: true)]),
        };
    }

    private MergeTable ReadMerges(Vocabulary vocabulary)
    {
        string[] merges = _fields.Texts(MergesKey);
        var table = new MergeTable(merges.Length);
        for (int rank = 0; rank < merges.Length; rank++)
        {
            ReadOnlySpan<char> merge = merges[rank];
            int space = merge.IndexOf(' ');
            if (space <= 0)
                throw _fields.Error(MergesKey, $"merge {rank} must be two tokens with one space between them");
            int left = vocabulary.Find(merge[..space]);
            int right = vocabulary.Find(merge[(space + 1)..]);
            int merged = vocabulary.Find(string.Concat(merge[..space], merge[(space + 1)..]));
            if (left < 0 || right < 0 || merged < 0)
                throw _fields.Error(MergesKey, $"merge {rank} has a part or a result that is no token");
            table.Set(left, right, rank, merged);
        }
        return table;
    }

    private IEnumerable<AddedToken> AddedTokens()
    {
        for (int id = 0; id < _tokens.Length; id++)
        {
            if (TypeOf(id) is PieceType.Control or PieceType.Unknown or PieceType.UserDefined)
                yield return new AddedToken { Content = _tokens[id], Special = TypeOf(id) != PieceType.UserDefined };
        }
    }

    private TokenizerDefinition ReadScored(bool isUnigram)
    {
        float[] scores = _fields.Numbers(ScoresKey, _tokens.Length) ?? throw _fields.Error(ScoresKey, "is missing");
        byte[]? map = _fields.Bytes(MapKey);
        var model = new SentencePieceModel
        {
            Pieces = [.. _tokens.Select((token, id) => new ScoredPiece(token, scores[id], TypeOf(id)))],
            IsUnigram = isUnigram,
            AddDummyPrefix = _fields.Flag("tokenizer.ggml.add_space_prefix", true),
            RemoveExtraWhitespaces = _fields.Flag("tokenizer.ggml.remove_extra_whitespaces", false),
            CharacterMap = map is null ? null : CharacterMap.Parse(map) ?? throw _fields.Error(MapKey, "does not fit its own size"),
            BosId = IdOf("bos"),
            EosId = IdOf("eos"),
            AddBos = AddsBos(!isUnigram),
            AddEos = AddsEos(isUnigram),
        };
        try
        {
            return SentencePieceDefinition.Build(model, []);
        }
        catch (FormatException e)
        {
            throw _fields.Error(TokensKey, e.Message, e);
        }
    }

    private PieceType TypeOf(int id) => _types is null ? PieceType.Normal : (PieceType)_types[id];

    private PostProcessor Around(bool addsBos, bool addsEos) =>
        new(addsBos && IdOf("bos") is { } bos ? [bos] : [], addsEos && IdOf("eos") is { } eos ? [eos] : []);

    private bool AddsBos(bool otherwise) => _fields.Flag("tokenizer.ggml.add_bos_token", otherwise);

    private bool AddsEos(bool otherwise) => _fields.Flag("tokenizer.ggml.add_eos_token", otherwise);

    private int? IdOf(string name) => _fields.Id($"tokenizer.ggml.{name}_token_id", _tokens.Length);

    private string? TokenOf(string name) => IdOf(name) is { } id ? _tokens[id] : null;

    /// <summary>The template, and those that have a name after it: tokenizer.chat_template.tool_use.</summary>
    private Dictionary<string, string> ReadTemplates(IEnumerable<string> keys)
    {
        Dictionary<string, string> templates = [];
        foreach (string key in keys.Where(key => key.StartsWith(TemplateKey + ".", StringComparison.Ordinal)))
            templates[key[(TemplateKey.Length + 1)..]] = _fields.Text(key)!;
        if (_fields.Text(TemplateKey) is { } template)
            templates[TokenizerFolder.DefaultTemplateName] = template;
        return templates;
    }
}

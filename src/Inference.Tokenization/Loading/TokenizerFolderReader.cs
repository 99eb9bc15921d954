using Inference.Tokenization.AddedTokens;
using Inference.Tokenization.Gguf;
using Inference.Tokenization.SentencePiece;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a <see cref="TokenizerFolder"/>. In each question the files are asked in order; the first that answers counts.</summary>
internal static class TokenizerFolderReader
{
    private const string DefaultTemplate = TokenizerFolder.DefaultTemplateName;
    private const string TokenizerFile = "tokenizer.json";
    private const string SentencePieceName = "tokenizer.model";
    private const string ConfigFile = "tokenizer_config.json";

    public static TokenizerFolder Read(string folder, GgufVocabulary? gguf)
    {
        bool hasOwn = File.Exists(Path.Combine(folder, TokenizerFile)) || File.Exists(Path.Combine(folder, SentencePieceName));
        TokenizerFolder? inGguf = gguf is not null && !hasOwn ? GgufTokenizerReader.Read(gguf) : null;
        Tokenizer tokenizer = inGguf?.Tokenizer ?? ReadTokenizer(folder);
        string? SpecialToken(string field) =>
            ReadFrom(folder, ConfigFile, root => TokenText(root, field))
            ?? ReadFrom(folder, "special_tokens_map.json", root => TokenText(root, field));
        Dictionary<string, string> templates = ReadTemplates(folder);
        string? eosToken = SpecialToken("eos_token");
        return new TokenizerFolder
        {
            Tokenizer = tokenizer,
            BosToken = SpecialToken("bos_token") ?? inGguf?.BosToken,
            EosToken = eosToken ?? inGguf?.EosToken,
            PadToken = SpecialToken("pad_token") ?? inGguf?.PadToken,
            UnkToken = SpecialToken("unk_token") ?? inGguf?.UnkToken,
            EosTokenIds = ReadFrom(folder, "generation_config.json", root => EosIds(root, tokenizer))
                ?? ReadFrom(folder, "config.json", root => EosIds(root, tokenizer))
                ?? (eosToken is not null && tokenizer.TokenToId(eosToken) is { } id ? [id] : inGguf?.EosTokenIds ?? []),
            ChatTemplateSource = templates.GetValueOrDefault(DefaultTemplate) ?? inGguf?.ChatTemplateSource,
            NamedChatTemplates = templates.Count > 0 ? templates : inGguf?.NamedChatTemplates ?? templates,
            AddBosToken = ReadFlag(folder, "add_bos_token") ?? inGguf?.AddBosToken,
        };
    }

    private static Tokenizer ReadTokenizer(string folder)
    {
        string path = Path.Combine(folder, SentencePieceName);
        return File.Exists(path) && !File.Exists(Path.Combine(folder, TokenizerFile))
            ? ReadSentencePiece(folder, path)
            : Tokenizer.Load(Path.Combine(folder, TokenizerFile));
    }

    /// <summary>
    /// A tokenizer.model; whether it adds tokens around a text is tokenizer_config.json's to say, and Llama's way if it does
    /// not.
    /// </summary>
    private static Tokenizer ReadSentencePiece(string folder, string path)
    {
        SentencePieceModel model = SentencePieceFile.Read(path);
        model = model with
        {
            AddBos = ReadFlag(folder, "add_bos_token") ?? !model.IsUnigram,
            AddEos = ReadFlag(folder, "add_eos_token") ?? false,
        };
        (int Id, AddedToken Token)[] more = ReadFrom(folder, ConfigFile, TokenizerReader.ReadAddedTokensDecoder) ?? [];
        try
        {
            TokenizerDefinition definition = SentencePieceDefinition.Build(model, more.Select(added => added.Token));
            foreach ((int id, AddedToken token) in more)
            {
                if (definition.AddedTokens.Find(token.Content) is var actual && actual != id && token.Content.Length > 0)
                    throw new FormatException($"tokenizer_config.json gives '{token.Content}' the id {id}, but it is {actual}");
            }
            return new Tokenizer(definition);
        }
        catch (FormatException e)
        {
            throw new TokenizerFormatException($"{path}: {e.Message}", e);
        }
    }

    private static T? ReadFrom<T>(string folder, string name, Func<JsonField, T?> read)
        where T : class
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonFile.Read(path, read) : null;
    }

    private static bool? ReadFlag(string folder, string field) =>
        ReadFrom(folder, ConfigFile, root => root.Optional(field)?.Flag() is { } flag ? (object)flag : null) as bool?;

    /// <summary>A token given as its text or as an object with its content.</summary>
    private static string? TokenText(JsonField root, string name) =>
        root.Optional(name) is { } field ? (field.IsObject ? field["content"] : field).Text() : null;

    private static int[]? EosIds(JsonField root, Tokenizer tokenizer)
    {
        if (root.Optional("eos_token_id") is not { } field)
            return null;
        int Id(JsonField id) => id.Integer(0, Math.Max(tokenizer.VocabularySize, TokenizerReader.IdLimit) - 1);
        return field.IsArray ? [.. field.Items().Select(Id)] : [Id(field)];
    }

    /// <summary>A template file of its own counts before the one in tokenizer_config.json.</summary>
    private static Dictionary<string, string> ReadTemplates(string folder)
    {
        Dictionary<string, string> templates = ReadFrom(folder, ConfigFile, ConfigTemplates) ?? [];
        if (ReadFrom(folder, "chat_template.json", root => root.Text("chat_template")) is { } source)
            templates[DefaultTemplate] = source;
        if (ReadText(Path.Combine(folder, "chat_template.jinja")) is { } text)
            templates[DefaultTemplate] = text;
        string more = Path.Combine(folder, "additional_chat_templates");
        string[] paths = Directory.Exists(more) ? Directory.GetFiles(more, "*.jinja") : [];
        foreach (string path in paths)
            templates[Path.GetFileNameWithoutExtension(path)] = ReadText(path)!;
        return templates;
    }

    private static Dictionary<string, string>? ConfigTemplates(JsonField root)
    {
        if (root.Optional("chat_template") is not { } field)
            return null;
        if (!field.IsArray)
            return new() { [DefaultTemplate] = field.Text() };
        Dictionary<string, string> templates = [];
        foreach (JsonField item in field.Items())
            templates[item["name"].Text()] = item["template"].Text();
        return templates;
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerFormatException($"{path}: cannot be read ({e.Message})", e);
        }
    }
}

namespace Inference.Tokenization.Loading;

/// <summary>Reads a <see cref="TokenizerFolder"/>. In each question the files are asked in order; the first that answers counts.</summary>
internal static class TokenizerFolderReader
{
    private const string DefaultTemplate = "default";

    public static TokenizerFolder Read(string folder)
    {
        var tokenizer = Tokenizer.Load(Path.Combine(folder, "tokenizer.json"));
        string? SpecialToken(string field) =>
            ReadFrom(folder, "tokenizer_config.json", root => TokenText(root, field))
            ?? ReadFrom(folder, "special_tokens_map.json", root => TokenText(root, field));
        Dictionary<string, string> templates = ReadTemplates(folder);
        string? eosToken = SpecialToken("eos_token");
        return new TokenizerFolder
        {
            Tokenizer = tokenizer,
            BosToken = SpecialToken("bos_token"),
            EosToken = eosToken,
            PadToken = SpecialToken("pad_token"),
            UnkToken = SpecialToken("unk_token"),
            EosTokenIds = ReadFrom(folder, "generation_config.json", root => EosIds(root, tokenizer))
                ?? ReadFrom(folder, "config.json", root => EosIds(root, tokenizer))
                ?? (eosToken is not null && tokenizer.TokenToId(eosToken) is { } id ? [id] : []),
            ChatTemplateSource = templates.GetValueOrDefault(DefaultTemplate),
            NamedChatTemplates = templates,
            AddBosToken = ReadFlag(folder, "add_bos_token"),
        };
    }

    private static T? ReadFrom<T>(string folder, string name, Func<JsonField, T?> read)
        where T : class
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonFile.Read(path, read) : null;
    }

    private static bool? ReadFlag(string folder, string field) =>
        ReadFrom(folder, "tokenizer_config.json", root => root.Optional(field)?.Flag() is { } flag ? (object)flag : null) as bool?;

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
        Dictionary<string, string> templates = ReadFrom(folder, "tokenizer_config.json", ConfigTemplates) ?? [];
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

using Inference.Tokenization.Loading;

namespace Inference.Tokenization;

/// <summary>
/// What a model's folder says about its tokenizer: tokenizer.json (or tokenizer.model, or the vocabulary within a GGUF file), and what
/// tokenizer_config.json, special_tokens_map.json, generation_config.json, config.json and chat_template.jinja (or .json) add where they
/// are there. Immutable.
/// </summary>
public sealed record TokenizerFolder
{
    /// <summary>The name of the chat template that is used when none is asked for.</summary>
    internal const string DefaultTemplateName = "default";

    /// <summary>The tokenizer.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The text of the beginning-of-sequence token, if one is named.</summary>
    public string? BosToken { get; init; }

    /// <summary>The text of the end-of-sequence token, if one is named.</summary>
    public string? EosToken { get; init; }

    /// <summary>The text of the padding token, if one is named.</summary>
    public string? PadToken { get; init; }

    /// <summary>The text of the unknown token, if one is named.</summary>
    public string? UnkToken { get; init; }

    /// <summary>
    /// The ids that end a generation: of generation_config.json, else config.json, else the end-of-sequence token's. May be empty.
    /// </summary>
    public required IReadOnlyList<int> EosTokenIds { get; init; }

    /// <summary>The default chat template, if there is one: the unnamed one, or the one named "default".</summary>
    public string? ChatTemplateSource { get; init; }

    /// <summary>All chat templates that have a name ("default", "tool_use", ...).</summary>
    public required IReadOnlyDictionary<string, string> NamedChatTemplates { get; init; }

    /// <summary>add_bos_token of tokenizer_config.json; null when it says nothing.</summary>
    public bool? AddBosToken { get; init; }

    /// <summary>Reads a model's folder.</summary>
    /// <param name="folder">The folder's path.</param>
    /// <param name="gguf">The model's GGUF file, if it has one: asked where the folder's own files do not answer.</param>
    /// <exception cref="TokenizerFormatException">There is no tokenizer, or one of the files is malformed.</exception>
    public static TokenizerFolder Load(string folder, GgufVocabulary? gguf = null) => TokenizerFolderReader.Read(folder, gguf);
}

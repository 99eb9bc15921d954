using System.Text.Json;

namespace Inference.Tokenization.ChatTemplates;

/// <summary>What a chat template is rendered with.</summary>
public sealed record ChatTemplateInput
{
    /// <summary>The conversation: an array of objects with <c>role</c>, <c>content</c> and what else the template reads.</summary>
    public required JsonElement Messages { get; init; }

    /// <summary>Tool definitions, an array; null is None in the template.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Documents for retrieval templates, an array; null is None in the template.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Whether the prompt ends with the opening of the assistant's turn.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary><c>bos_token</c> of tokenizer_config.json; undefined in the template when null.</summary>
    public string? BosToken { get; init; }

    /// <summary><c>eos_token</c> of tokenizer_config.json; undefined in the template when null.</summary>
    public string? EosToken { get; init; }

    /// <summary><c>pad_token</c> of tokenizer_config.json; undefined in the template when null.</summary>
    public string? PadToken { get; init; }

    /// <summary><c>unk_token</c> of tokenizer_config.json; undefined in the template when null.</summary>
    public string? UnkToken { get; init; }

    /// <summary>
    /// Further template variables (a request's <c>chat_template_kwargs</c>, more special tokens).
    /// Entries named like one of the properties above (<c>messages</c>, <c>bos_token</c> …) are ignored.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>The local time that <c>strftime_now</c> formats; a template that asks for it fails when this is null.</summary>
    public DateTimeOffset? Now { get; init; }
}

using System.Text.Json;

namespace Inference.Protocol.OpenAi.Responses;

/// <summary>
/// The body of POST /v1/responses: OpenAI's fields, and vLLM's sampling extensions under the names that they have in chat completions. Every
/// field is optional, and null means the same as leaving it out. Fields that are not named here are ignored.
/// </summary>
public sealed record CreateResponseRequest
{
    /// <summary>The served model's name; the default model when left out.</summary>
    public string? Model { get; init; }

    /// <summary>A text, which is the user's, or an array of items.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>A system message before everything else. That of a previous response does not go on.</summary>
    public string? Instructions { get; init; }

    /// <summary>The response whose conversation this one goes on with.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>Whether the response can be fetched later; true when left out.</summary>
    public bool? Store { get; init; }

    /// <summary>Whether to answer with server-sent events.</summary>
    public bool? Stream { get; init; }

    /// <summary>Whether to answer at once, and to generate whether anybody waits or not.</summary>
    public bool? Background { get; init; }

    /// <summary>The most tokens to generate, reasoning included.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>0 is greedy.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling, (0, 1].</summary>
    public double? TopP { get; init; }

    /// <summary>How many alternatives to report per token, where <see cref="Include"/> asks for log-probabilities.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>What else the response is to hold; "message.output_text.logprobs" is known, others are ignored.</summary>
    public string[]? Include { get; init; }

    /// <summary>Tool definitions: an array of objects. Only functions.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>"none", "auto", "required", or an object that names a function or the tools that are allowed.</summary>
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Whether the response may call several tools; true when left out.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Told back; it concerns tools that the server runs, and there are none.</summary>
    public int? MaxToolCalls { get; init; }

    /// <summary>What the text must look like: an object with "format".</summary>
    public JsonElement? Text { get; init; }

    /// <summary>An object; "effort" is handed to the chat template.</summary>
    public JsonElement? Reasoning { get; init; }

    /// <summary>Told back: texts by name.</summary>
    public Dictionary<string, string?>? Metadata { get; init; }

    /// <summary>"auto": leave out the conversation's beginning where it does not fit; "disabled", when left out: refuse it.</summary>
    public string? Truncation { get; init; }

    /// <summary>Told back.</summary>
    public string? User { get; init; }

    /// <summary>Told back.</summary>
    public string? SafetyIdentifier { get; init; }

    /// <summary>Told back: prefixes are shared without being named.</summary>
    public string? PromptCacheKey { get; init; }

    /// <summary>Told back as "default" when it was sent: there is one.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Not supported; read to refuse it.</summary>
    public JsonElement? Conversation { get; init; }

    /// <summary>Not supported; read to refuse it.</summary>
    public JsonElement? Prompt { get; init; }

    /// <summary>Keep the k most likely tokens; 0 and -1 keep all.</summary>
    public int? TopK { get; init; }

    /// <summary>Least probability relative to the most likely token, [0, 1].</summary>
    public double? MinP { get; init; }

    /// <summary>Greater than 0; 1 does nothing.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>[-2, 2].</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>[-2, 2].</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>Same seed, same text.</summary>
    public long? Seed { get; init; }

    /// <summary>Strings that end the text.</summary>
    public StopStrings? Stop { get; init; }

    /// <summary>Go on after the model's end-of-sequence tokens.</summary>
    public bool? IgnoreEos { get; init; }

    /// <summary>The lower the earlier, where the server's policy looks at it.</summary>
    public int? Priority { get; init; }

    /// <summary>Only requests with the same salt share cached prefixes.</summary>
    public string? CacheSalt { get; init; }

    /// <summary>Further variables for the chat template: an object.</summary>
    public Dictionary<string, JsonElement>? ChatTemplateKwargs { get; init; }
}

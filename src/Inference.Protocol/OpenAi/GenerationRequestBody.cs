using System.Text.Json;

namespace Inference.Protocol.OpenAi;

/// <summary>
/// The fields that completions and chat completions share: OpenAI's, and the sampling extensions of vLLM.
/// Every field is optional, and null means the same as leaving it out. Fields that are not named here are ignored.
/// </summary>
public abstract record GenerationRequestBody
{
    /// <summary>The served model's name; the default model when left out.</summary>
    public string? Model { get; init; }

    /// <summary>Choices to generate for each prompt.</summary>
    public int? N { get; init; }

    /// <summary>Whether to answer with server-sent events.</summary>
    public bool? Stream { get; init; }

    /// <summary>What a stream carries besides text; only with <see cref="Stream"/>.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>The most tokens to generate.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Tokens to generate before an end-of-sequence token, a stop token or a stop string can end the text.</summary>
    public int? MinTokens { get; init; }

    /// <summary>0 is greedy.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling, (0, 1].</summary>
    public double? TopP { get; init; }

    /// <summary>Keep the k most likely tokens; 0 and -1 keep all.</summary>
    public int? TopK { get; init; }

    /// <summary>Least probability relative to the most likely token, [0, 1].</summary>
    public double? MinP { get; init; }

    /// <summary>Same seed, same text.</summary>
    public long? Seed { get; init; }

    /// <summary>Greater than 0; 1 does nothing.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>[-2, 2].</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>[-2, 2].</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>What is added to the logits of tokens.</summary>
    public LogitBias? LogitBias { get; init; }

    /// <summary>Strings that end the text.</summary>
    public StopStrings? Stop { get; init; }

    /// <summary>Token ids that end the text, besides the model's own.</summary>
    public int[]? StopTokenIds { get; init; }

    /// <summary>Go on after the model's end-of-sequence tokens.</summary>
    public bool? IgnoreEos { get; init; }

    /// <summary>Whether the text ends with the stop string that ended it.</summary>
    public bool? IncludeStopStrInOutput { get; init; }

    /// <summary>Whether special tokens are left out of the text; true when left out.</summary>
    public bool? SkipSpecialTokens { get; init; }

    /// <summary>Whether the tokenizer adds its own special tokens (such as BOS) to the prompt.</summary>
    public bool? AddSpecialTokens { get; init; }

    /// <summary>Only requests with the same salt share cached prefixes.</summary>
    public string? CacheSalt { get; init; }

    /// <summary>The lower the earlier, where the server's policy looks at it.</summary>
    public int? Priority { get; init; }

    /// <summary>Seconds after which the request is refused if it has not begun.</summary>
    public double? Deadline { get; init; }

    /// <summary>Choices to generate for each prompt, of which the <see cref="N"/> most likely ones are answered.</summary>
    public int? BestOf { get; init; }

    /// <summary>
    /// Beam search in place of sampling: as wide as <see cref="NumBeams"/>, <see cref="BestOf"/> or <see cref="N"/> says, the first that is there.
    /// The <see cref="N"/> best texts are answered.
    /// </summary>
    public bool? UseBeamSearch { get; init; }

    /// <summary>Beams; more than 1 is beam search.</summary>
    public int? NumBeams { get; init; }

    /// <summary>With beam search: the power of a text's length that its sum of log-probabilities is divided by; 1 when left out.</summary>
    public double? LengthPenalty { get; init; }

    /// <summary>With beam search: whether it ends when enough texts have: true, false (when no beam is better) or "never" (when none can be).</summary>
    public JsonElement? EarlyStopping { get; init; }

    /// <summary>Report the log-probabilities of the prompt's tokens, with this many alternatives each; -1 for the whole vocabulary.</summary>
    public int? PromptLogprobs { get; init; }

    /// <summary>Use only so many tokens of a prompt; -1 for as many as fit.</summary>
    public int? TruncatePromptTokens { get; init; }

    /// <summary>What <see cref="TruncatePromptTokens"/> leaves out: "left" the prompt's beginning, "right" its end.</summary>
    public string? TruncationSide { get; init; }

    /// <summary>Whether the answer holds the ids of the prompt's and the generated tokens, too.</summary>
    public bool? ReturnTokenIds { get; init; }

    /// <summary>Whether log-probabilities spell tokens as "token_id:ID", which is never ambiguous.</summary>
    public bool? ReturnTokensAsTokenIds { get; init; }

    /// <summary>Told back as "default" when it was sent: there is one.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>What the answer must look like: an object of type "text", "json_object" or "json_schema".</summary>
    public JsonElement? ResponseFormat { get; init; }

    /// <summary>What the answer must look like, vLLM's way: an object with one of json, json_object, regex, choice and grammar.</summary>
    public JsonElement? StructuredOutputs { get; init; }

    /// <summary>An older name of structured_outputs.json: a schema, or one as a string.</summary>
    public JsonElement? GuidedJson { get; init; }

    /// <summary>An older name of structured_outputs.regex.</summary>
    public string? GuidedRegex { get; init; }

    /// <summary>An older name of structured_outputs.choice.</summary>
    public string[]? GuidedChoice { get; init; }

    /// <summary>An older name of structured_outputs.grammar.</summary>
    public string? GuidedGrammar { get; init; }
}

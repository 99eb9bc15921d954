using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>From the body of /v1/completions to a <see cref="Generation"/>.</summary>
internal sealed class CompletionValidator(GenerationBuilder builder, PromptEncoder encoder, Serving.ServedModel model)
{
    private const int DefaultMaxTokens = 16;

    /// <summary>Checks everything, then tokenises.</summary>
    /// <exception cref="ApiException">The request cannot be run; says which field is at fault.</exception>
    public Generation Validate(CompletionRequest body, string id)
    {
        var topLogprobs = builder.CheckLogprobs("logprobs", body.Logprobs);
        var settings = builder.CheckSettings(body, topLogprobs) with
        {
            // The prompt alone is scored by generating a token that nobody sees.
            IsPromptOnly = body is { Echo: true, MaxTokens: 0 },
            IsEchoing = body.Echo == true,
        };
        var items = body.Prompt?.Items ?? throw ApiErrors.Invalid("prompt", "'prompt' is missing.");
        if (items.IsEmpty)
        {
            throw ApiErrors.Invalid("prompt", "'prompt' must not be empty.");
        }

        if ((long)items.Length * settings.SequencesPerPrompt > GenerationBuilder.MaxChoices)
        {
            throw ApiErrors.Invalid("prompt", $"The prompts times 'n' (or 'best_of', or beams) must be at most {GenerationBuilder.MaxChoices}, not {(long)items.Length * settings.SequencesPerPrompt}.");
        }

        return builder.Build(id, body, settings, [.. items.Select(item => Prepare(item, body, settings))]);
    }

    private PreparedPrompt Prepare(PromptItem item, CompletionRequest body, GenerationSettings settings)
    {
        var ids = Encode(item, body);
        int? asked = settings.IsPromptOnly ? 1 : body.MaxTokens;
        ids = PromptTruncation.Apply(ids, body, model.Limits.MaxModelLength - (asked ?? DefaultMaxTokens));
        var maxTokens = PromptLimits.MaxTokens(ids.Length, asked, "max_tokens", DefaultMaxTokens, "prompt", model.Limits);
        return new PreparedPrompt(ids, maxTokens) { Echo = settings.IsEchoing ? EchoOf(item, ids, body) : null };
    }

    private ReadOnlyMemory<int> Encode(PromptItem item, CompletionRequest body)
    {
        if (string.IsNullOrEmpty(body.Suffix))
        {
            return encoder.Encode(item, "prompt", body.AddSpecialTokens ?? true);
        }

        return body.Echo != true
            ? encoder.EncodeInfill(item, body.Suffix)
            : throw ApiErrors.Invalid("suffix", "'suffix' and 'echo' cannot be used together.");
    }

    // A text is echoed to the letter, which its tokens need not be.
    private string EchoOf(PromptItem item, ReadOnlyMemory<int> ids, CompletionRequest body) =>
        item.Parts is [{ Text: { } text }] && body.TruncatePromptTokens is null ? text : model.Tokenizer.Decode(ids.Span, skipSpecialTokens: false);
}

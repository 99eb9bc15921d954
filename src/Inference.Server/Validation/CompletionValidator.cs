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
        Check.NotSupported("echo", body.Echo == true);
        Check.NotSupported("suffix", !string.IsNullOrEmpty(body.Suffix));
        int? topLogprobs = body.Logprobs is null ? null : Check.Range("logprobs", body.Logprobs, 0, 0, SamplingValidator.MaxLogprobs);
        var settings = builder.CheckSettings(body, topLogprobs);
        var items = body.Prompt?.Items ?? throw ApiErrors.Invalid("prompt", "'prompt' is missing.");
        if (items.IsEmpty)
        {
            throw ApiErrors.Invalid("prompt", "'prompt' must not be empty.");
        }

        if ((long)items.Length * settings.BestOf > GenerationBuilder.MaxChoices)
        {
            throw ApiErrors.Invalid("prompt", $"The prompts times 'n' (or 'best_of') must be at most {GenerationBuilder.MaxChoices}, not {(long)items.Length * settings.BestOf}.");
        }

        var prompts = items.Select(item =>
        {
            var ids = encoder.Encode(item, "prompt", body.AddSpecialTokens ?? true);
            return (ids, PromptLimits.MaxTokens(ids.Length, body.MaxTokens, "max_tokens", DefaultMaxTokens, "prompt", model.Limits));
        });
        return builder.Build(id, body, settings, [.. prompts]);
    }
}

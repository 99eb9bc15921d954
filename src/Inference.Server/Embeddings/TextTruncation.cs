using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Embeddings;

/// <summary>How long texts may get; what is beyond is cut off, or refused.</summary>
/// <param name="MaxTokens">The most tokens of a text, special ones included.</param>
/// <param name="IsCut">Whether longer texts are cut; else they are refused.</param>
/// <param name="KeepsEnd">Whether the beginning is cut off rather than the end.</param>
internal readonly record struct TextTruncation(int MaxTokens, bool IsCut, bool KeepsEnd)
{
    /// <summary>From a request's fields truncate_prompt_tokens and truncation_side.</summary>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static TextTruncation Of(PoolingRequestBody body, int specialTokens, int maxLength)
    {
        if (body.TruncationSide is not (null or "left" or "right"))
        {
            throw ApiErrors.Invalid("truncation_side", "'truncation_side' must be \"left\" or \"right\".");
        }

        var asked = body.TruncatePromptTokens;
        return asked is null or -1 || (asked > specialTokens && asked <= maxLength)
            ? new TextTruncation(asked is null or -1 ? maxLength : asked.Value, asked is not null, body.TruncationSide == "left")
            : throw ApiErrors.Invalid(
                "truncate_prompt_tokens",
                $"'truncate_prompt_tokens' must be from {specialTokens + 1} to {maxLength}, or -1 for as many as the model takes, not {asked}.");
    }
}

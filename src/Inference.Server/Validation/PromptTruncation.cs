using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>The fields truncate_prompt_tokens and truncation_side. Pure.</summary>
internal static class PromptTruncation
{
    /// <summary>The prompt, or the part of it that is asked for.</summary>
    /// <param name="tokenIds">The whole prompt.</param>
    /// <param name="body">With the fields.</param>
    /// <param name="room">Tokens that fit beside those to generate: what -1 asks for.</param>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static ReadOnlyMemory<int> Apply(ReadOnlyMemory<int> tokenIds, GenerationRequestBody body, int room)
    {
        if (body.TruncationSide is not (null or "left" or "right"))
        {
            throw ApiErrors.Invalid("truncation_side", "'truncation_side' must be \"left\" or \"right\".");
        }

        if (body.TruncatePromptTokens is not { } asked)
        {
            return tokenIds;
        }

        if (asked is 0 or < -1)
        {
            throw ApiErrors.Invalid("truncate_prompt_tokens", $"'truncate_prompt_tokens' must be at least 1, or -1 for as many as fit, not {asked}.");
        }

        var kept = Math.Min(tokenIds.Length, asked == -1 ? Math.Max(1, room) : asked);
        return body.TruncationSide == "right" ? tokenIds[..kept] : tokenIds[^kept..];
    }
}

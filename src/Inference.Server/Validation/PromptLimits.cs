using Inference.Engine.Execution;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>How much a prompt may hold, and how many tokens are left for the answer. Pure.</summary>
internal static class PromptLimits
{
    /// <summary>The tokens to generate at most.</summary>
    /// <param name="promptTokens">Tokens in the prompt.</param>
    /// <param name="asked">What the request asks for, or null.</param>
    /// <param name="askedParam">The field that asked.</param>
    /// <param name="otherwise">The API's default when nothing was asked for; null for all that fits.</param>
    /// <param name="promptParam">The field that holds the prompt.</param>
    /// <param name="limits">The model's sizes.</param>
    /// <exception cref="ApiException">400: there is no prompt, or it does not fit, alone or with what was asked for.</exception>
    public static int MaxTokens(int promptTokens, int? asked, string askedParam, int? otherwise, string promptParam, ModelLimits limits)
    {
        if (promptTokens == 0)
        {
            throw ApiErrors.Invalid(promptParam, $"'{promptParam}' must have at least one token.");
        }

        var room = limits.MaxModelLength - promptTokens;
        if (room < 1)
        {
            throw ApiErrors.ContextLengthExceeded(
                promptParam,
                $"This model's maximum context length is {limits.MaxModelLength} tokens, but the prompt alone has {promptTokens}. Shorten it.",
                promptTokens,
                limits.MaxModelLength);
        }

        if (asked is not { } wanted)
        {
            return Math.Min(otherwise ?? room, room);
        }

        if (wanted < 1)
        {
            throw ApiErrors.Invalid(askedParam, $"'{askedParam}' must be at least 1, not {wanted}.");
        }

        return wanted <= room
            ? wanted
            : throw ApiErrors.ContextLengthExceeded(
                askedParam,
                $"This model's maximum context length is {limits.MaxModelLength} tokens, but {promptTokens} in the prompt and "
                + $"{wanted} in '{askedParam}' were asked for. Shorten the prompt or lower '{askedParam}'.",
                promptTokens,
                limits.MaxModelLength);
    }
}

using Inference.Engine.Execution;
using Inference.Engine.Scheduling;

namespace Inference.Engine.Requests;

/// <summary>Which requests can never run on a model: known from their sizes, before they take any room.</summary>
internal static class RequestAdmission
{
    /// <summary>Why the request can never run, in words for the client; null when it can.</summary>
    public static string? Refusal(InferenceRequest request, ModelLimits limits)
    {
        var prompt = request.PromptTokenIds.Span;
        if (prompt.IsEmpty)
            return "The prompt is empty: at least one token is needed.";
        if (request.MaxTokens < 1)
            return $"max_tokens must be at least 1, not {request.MaxTokens}.";

        var most = SchedulingPolicy.MaxSequenceLength(limits);
        if (prompt.Length >= most)
        {
            var bound = most < limits.MaxModelLength ? "this server's KV cache" : "this model's maximum length";
            return $"The prompt has {prompt.Length} tokens; with one token of output, {bound} allows at most {most - 1}.";
        }

        // An id beyond the vocabulary would make the whole step fail, with everyone else's requests.
        if (FirstOutside(prompt, limits.VocabularySize) is { } tokenId)
            return $"The prompt holds token id {tokenId}, outside the vocabulary of {limits.VocabularySize}.";
        if (request.Sampling.LogitBias is { } bias && FirstOutside(bias.Keys.AsSpan(), limits.VocabularySize) is { } biasedId)
            return $"logit_bias names token id {biasedId}, outside the vocabulary of {limits.VocabularySize}.";
        return null;
    }

    private static int? FirstOutside(ReadOnlySpan<int> tokenIds, int vocabularySize)
    {
        foreach (var tokenId in tokenIds)
        {
            if ((uint)tokenId >= (uint)vocabularySize)
                return tokenId;
        }

        return null;
    }
}

using Inference.Engine.Execution;
using Inference.Engine.Scheduling;

namespace Inference.Engine.Requests;

/// <summary>Which requests can never run on a model: known from their sizes, before they take any room.</summary>
internal static class RequestAdmission
{
    /// <summary>Why the request can never run, in words for the client; null when it can.</summary>
    public static string? Refusal(InferenceRequest request, ModelLimits limits, SchedulerOptions options)
    {
        var prompt = request.PromptTokenIds.Span;
        if (prompt.IsEmpty)
            return "The prompt is empty: at least one token is needed.";
        if (request.MaxTokens < 1)
            return $"max_tokens must be at least 1, not {request.MaxTokens}.";

        if (request.Beams is { } beams && RefusalOfBeams(beams, options) is { } refusal)
            return refusal;

        var most = SchedulingPolicy.MaxLengthOf(request, limits);
        if (prompt.Length >= most)
        {
            var bound = most < limits.MaxModelLength ? "this server's KV cache" : "this model's maximum length";
            var sharers = request.Beams is { Width: > 1 and var width } ? $" for {width} beams" : "";
            return $"The prompt has {prompt.Length} tokens; with one token of output, {bound} allows at most {most - 1}{sharers}.";
        }

        // An id beyond the vocabulary would make the whole step fail, with everyone else's requests.
        if (FirstOutside(prompt, limits.VocabularySize) is { } tokenId)
            return $"The prompt holds token id {tokenId}, outside the vocabulary of {limits.VocabularySize}.";
        if (request.Sampling.LogitBias is { } bias && FirstOutside(bias.Keys.AsSpan(), limits.VocabularySize) is { } biasedId)
            return $"logit_bias names token id {biasedId}, outside the vocabulary of {limits.VocabularySize}.";
        return null;
    }

    private static string? RefusalOfBeams(BeamSearchParameters beams, SchedulerOptions options)
    {
        if (options.Allocation == CacheAllocation.Contiguous)
            return "Beam search needs the paged KV cache, which this server was started without.";
        return beams.Width > options.MaxNumSeqs
            ? $"Beam search of width {beams.Width} needs as many sequences in a step; this server runs at most {options.MaxNumSeqs}."
            : null;
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

using System.Collections.Frozen;
using System.Globalization;
using Inference.Engine.Requests;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;

namespace Inference.Server.Validation;

/// <summary>From a request's sampling fields to the engine's, checked. Pure.</summary>
internal static class SamplingValidator
{
    private const double MaxLogitBias = 100;
    private const int MaxNamedKeys = 8;
    private const int MaxNamedKeyLength = 32;

    /// <summary>Checks every range; a field that was not sent takes the model's default, then the API's.</summary>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static SamplingParameters Validate(GenerationRequestBody body, int? topLogprobs, ServedModel model)
    {
        var defaults = model.Defaults;
        return new SamplingParameters
        {
            Temperature = Check.Range("temperature", body.Temperature, defaults.Temperature ?? 1, 0, 2),
            TopP = Check.Positive("top_p", body.TopP, defaults.TopP ?? 1, 1),
            TopK = Math.Max(0, Check.Range("top_k", body.TopK, defaults.TopK ?? 0, -1, int.MaxValue)),
            MinP = Check.Range("min_p", body.MinP, defaults.MinP ?? 0, 0, 1),
            RepetitionPenalty = Check.Positive("repetition_penalty", body.RepetitionPenalty, defaults.RepetitionPenalty ?? 1, 100),
            PresencePenalty = Check.Range("presence_penalty", body.PresencePenalty, 0, -2, 2),
            FrequencyPenalty = Check.Range("frequency_penalty", body.FrequencyPenalty, 0, -2, 2),
            Seed = (ulong?)body.Seed,
            LogitBias = LogitBias(body.LogitBias, model.Limits.VocabularySize),
            TopLogprobs = topLogprobs,
        };
    }

    private static FrozenDictionary<int, float>? LogitBias(LogitBias? sent, int vocabularySize)
    {
        if (sent is not { Values.Length: > 0 })
        {
            return null;
        }

        CheckKeys(sent);
        var biases = new Dictionary<int, float>(sent.Values.Length);
        foreach (var (key, value) in sent.Values)
        {
            if (!int.TryParse(key, CultureInfo.InvariantCulture, out var id) || (uint)id >= (uint)vocabularySize)
            {
                throw ApiErrors.Invalid("logit_bias", $"'logit_bias' has the token id {Shortened(key)}, which is outside the vocabulary of {vocabularySize} (0 to {vocabularySize - 1}).");
            }

            biases[id] = (float)Math.Clamp(value, -MaxLogitBias, MaxLogitBias);
        }

        return biases.ToFrozenDictionary();
    }

    private static void CheckKeys(LogitBias sent)
    {
        var wrong = sent.Values.Select(pair => pair.Key).Where(key => !long.TryParse(key, CultureInfo.InvariantCulture, out _)).ToList();
        if (wrong.Count > 0)
        {
            var named = string.Join(", ", wrong.Take(MaxNamedKeys).Select(Shortened)) + (wrong.Count > MaxNamedKeys ? ", …" : "");
            throw ApiErrors.Invalid("logit_bias", $"The keys of 'logit_bias' must be token ids, which these are not: {named}.");
        }
    }

    private static string Shortened(string key) => key.Length <= MaxNamedKeyLength ? key : key[..MaxNamedKeyLength] + "…";
}

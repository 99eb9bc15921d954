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
    /// <summary>The most alternatives that a request may ask for with each token.</summary>
    public const int MaxLogprobs = 20;

    private const double MaxLogitBias = 100;

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

    private static FrozenDictionary<int, float>? LogitBias(Dictionary<string, double>? sent, int vocabularySize)
    {
        if (sent is not { Count: > 0 })
        {
            return null;
        }

        var biases = new Dictionary<int, float>(sent.Count);
        foreach (var (key, value) in sent)
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= vocabularySize)
            {
                throw ApiErrors.Invalid("logit_bias", $"The keys of 'logit_bias' must be token ids from 0 to {vocabularySize - 1}.");
            }

            if (double.IsNaN(value))
            {
                throw ApiErrors.Invalid("logit_bias", "The values of 'logit_bias' must be numbers.");
            }

            biases[id] = (float)Math.Clamp(value, -MaxLogitBias, MaxLogitBias);
        }

        return biases.ToFrozenDictionary();
    }
}

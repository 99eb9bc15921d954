using System.Text.Json;
using Inference.Engine.Speculation;

namespace Inference.Server.Options;

/// <summary>Reads vLLM's <c>--speculative-config</c>: a JSON object.</summary>
internal static class SpeculativeConfig
{
    private const string MethodName = "method";
    private const string CountName = "num_speculative_tokens";
    private const string MaxName = "prompt_lookup_max";
    private const string MinName = "prompt_lookup_min";
    private const string StepName = "max_step_tokens";

    /// <summary>
    /// <c>method</c> must be there and be "ngram"; the rest has defaults. Of <c>prompt_lookup_max</c> and <c>prompt_lookup_min</c> one alone
    /// stands for both, as in vLLM.
    /// </summary>
    /// <exception cref="FormatException">The text is not such an object; the message says what is wrong.</exception>
    public static SpeculationOptions Parse(string text)
    {
        using var document = ParseObject(text);
        var fields = document.RootElement;
        foreach (var field in fields.EnumerateObject())
        {
            if (field.Name is not (MethodName or CountName or MaxName or MinName or StepName))
            {
                throw new FormatException($"has the field \"{Shown(field.Name)}\"; known are {MethodName}, {CountName}, {MaxName}, {MinName}, {StepName}");
            }
        }

        if (!fields.TryGetProperty(MethodName, out var method) || method.ValueKind != JsonValueKind.String || !method.ValueEquals("ngram"))
        {
            throw new FormatException($"{MethodName} must be \"ngram\"");
        }

        var defaults = new SpeculationOptions();
        var (max, min) = (Number(fields, MaxName), Number(fields, MinName));
        var options = new SpeculationOptions
        {
            NumSpeculativeTokens = Number(fields, CountName) ?? defaults.NumSpeculativeTokens,
            PromptLookupMax = max ?? min ?? defaults.PromptLookupMax,
            PromptLookupMin = min ?? max ?? defaults.PromptLookupMin,
            MaxStepTokens = Number(fields, StepName) ?? defaults.MaxStepTokens,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new FormatException(exception.Message.TrimEnd('.'));
        }

        return options;
    }

    private static JsonDocument ParseObject(string text)
    {
        try
        {
            var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new FormatException("must be a JSON object such as {\"method\": \"ngram\", \"num_speculative_tokens\": 5}");
    }

    private static int? Number(JsonElement fields, string name)
    {
        if (!fields.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw new FormatException($"{name} must be a whole number");
    }

    private static string Shown(string name) => name.Length <= 40 ? name.ReplaceLineEndings(" ") : name[..40].ReplaceLineEndings(" ") + "…";
}

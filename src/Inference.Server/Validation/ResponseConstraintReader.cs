using System.Collections.Immutable;
using System.Text.Json;
using Inference.Grammar;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>The fields that say what an answer must look like: OpenAI's, vLLM's, and vLLM's older ones. Pure.</summary>
internal static class ResponseConstraintReader
{
    private const string Format = "response_format";
    private const string Structured = "structured_outputs";

    /// <summary>What a request asks for; null: nothing.</summary>
    /// <exception cref="ApiException">400: a field is malformed, or several ask for something.</exception>
    public static ResponseConstraint? Read(GenerationRequestBody body)
    {
        ResponseConstraint?[] asked =
        [
            FromFormat(body.ResponseFormat),
            FromStructured(body.StructuredOutputs),
            body.GuidedJson is { ValueKind: not JsonValueKind.Null } json ? new("guided_json", Schema(json, "guided_json")) : null,
            body.GuidedRegex is { } regex ? new("guided_regex", new ConstraintSpec.Regex(regex)) : null,
            body.GuidedChoice is { } choice ? new("guided_choice", new ConstraintSpec.Choice([.. choice.Select(NotNull)])) : null,
            body.GuidedGrammar is { } grammar ? new("guided_grammar", new ConstraintSpec.ContextFree(grammar)) : null,
        ];
        var constraints = asked.OfType<ResponseConstraint>().ToArray();
        return constraints.Length > 1
            ? throw ApiErrors.Invalid(constraints[1].Param, $"'{constraints[0].Param}' and '{constraints[1].Param}' cannot be used together.")
            : constraints.FirstOrDefault();
    }

    private static string NotNull(string? choice) => choice ?? throw ApiErrors.Invalid("guided_choice", "'guided_choice' must be an array of strings.");

    private static ResponseConstraint? FromFormat(JsonElement? sent)
    {
        if (sent is not { ValueKind: not JsonValueKind.Null } format)
        {
            return null;
        }

        var type = format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type", out var name) && name.ValueKind == JsonValueKind.String ? Text(name, Format) : null;
        switch (type)
        {
            case "text":
                return null;
            case "json_object":
                // llama.cpp's servers take a schema here.
                return new(Format, format.TryGetProperty("schema", out var own) ? Schema(own, Format) : new ConstraintSpec.JsonObject());
            case "json_schema":
                var holder = format.TryGetProperty("json_schema", out var described) && described.ValueKind == JsonValueKind.Object ? described : default;
                return holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty("schema", out var schema)
                    ? new(Format, Schema(schema, Format))
                    : throw ApiErrors.Invalid(Format, "'response_format.json_schema.schema' is missing.");
            default:
                throw ApiErrors.Invalid(Format, "'response_format.type' must be \"text\", \"json_object\" or \"json_schema\".");
        }
    }

    private static ResponseConstraint? FromStructured(JsonElement? sent)
    {
        if (sent is not { ValueKind: not JsonValueKind.Null } fields)
        {
            return null;
        }

        if (fields.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrors.Invalid(Structured, "'structured_outputs' must be an object.");
        }

        var specs = fields.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null).Select(FromField).OfType<ConstraintSpec>().ToArray();
        return specs.Length == 1
            ? new(Structured, specs[0])
            : throw ApiErrors.Invalid(Structured, "'structured_outputs' must have one of 'json', 'json_object', 'regex', 'choice' and 'grammar'.");
    }

    private static ConstraintSpec? FromField(JsonProperty field) => field.Name switch
    {
        "json" => Schema(field.Value, Structured),
        "json_object" => field.Value.ValueKind == JsonValueKind.True ? new ConstraintSpec.JsonObject() : null,
        "regex" => new ConstraintSpec.Regex(Text(field.Value, Structured)),
        "choice" => new ConstraintSpec.Choice(Choices(field.Value)),
        "grammar" => new ConstraintSpec.ContextFree(Text(field.Value, Structured)),
        "structural_tag" => throw ApiErrors.Invalid(Structured, "'structured_outputs.structural_tag' is not supported.", "unsupported_parameter"),
        _ => null,
    };

    private static ImmutableArray<string> Choices(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(choice => Text(choice, Structured))]
            : throw ApiErrors.Invalid(Structured, "'structured_outputs.choice' must be an array of strings.");

    /// <summary>A schema, or one as a string.</summary>
    private static ConstraintSpec.JsonSchema Schema(JsonElement value, string param) => value.ValueKind switch
    {
        JsonValueKind.String => new(Text(value, param)),
        JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False => new(value.GetRawText()),
        _ => throw ApiErrors.Invalid(param, $"The schema in '{param}' must be an object."),
    };

    private static string Text(JsonElement value, string param) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw ApiErrors.Invalid(param, $"'{param}' has something else where a string must be.");
}

using System.Text.Json;

namespace Inference.FunctionalTests.OpenApi;

/// <summary>Validates JSON against schemas of an OpenAPI 3.1 document, as far as OpenAI's specification uses them.</summary>
/// <param name="document">With components.schemas.</param>
internal sealed class SchemaValidator(JsonElement document)
{
    private const string ReferencePrefix = "#/components/schemas/";

    private readonly JsonElement _schemas = document.GetProperty("components").GetProperty("schemas");

    /// <summary>Everything that is wrong with a value.</summary>
    public IReadOnlyList<string> Violations(string schema, JsonElement value)
    {
        var violations = new List<string>();
        Check(_schemas.GetProperty(schema), value, "$", violations);
        return violations;
    }

    private void Check(JsonElement schema, JsonElement value, string path, List<string> violations)
    {
        // The specification says "nullable" of some fields, and of a stream's other fields only in words that they may be null.
        if (value.ValueKind == JsonValueKind.Null && schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean())
        {
            return;
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(_schemas.GetProperty(reference.GetString()![ReferencePrefix.Length..]), value, path, violations);
        }

        CheckAlternatives(schema, "anyOf", value, path, violations);
        CheckAlternatives(schema, "oneOf", value, path, violations);
        if (schema.TryGetProperty("allOf", out var all))
        {
            foreach (var part in all.EnumerateArray())
            {
                Check(part, value, path, violations);
            }
        }

        if (schema.TryGetProperty("type", out var type) && !IsOfType(type, value))
        {
            violations.Add($"{path} is {value.ValueKind}, not {type.GetRawText()}");
            return;
        }

        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)))
        {
            violations.Add($"{path} is {value.GetRawText()}, not one of {values.GetRawText()}");
        }

        CheckObject(schema, value, path, violations);
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Check(items, item, $"{path}[{index++}]", violations);
            }
        }
    }

    private void CheckAlternatives(JsonElement schema, string keyword, JsonElement value, string path, List<string> violations)
    {
        if (!schema.TryGetProperty(keyword, out var alternatives))
        {
            return;
        }

        var failures = new List<string>();
        foreach (var alternative in alternatives.EnumerateArray())
        {
            var found = new List<string>();
            Check(alternative, value, path, found);
            if (found.Count == 0)
            {
                return;
            }

            failures.AddRange(found);
        }

        violations.Add($"{path} fits no alternative ({string.Join(", ", failures)})");
    }

    private void CheckObject(JsonElement schema, JsonElement value, string path, List<string> violations)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (schema.TryGetProperty("required", out var required))
        {
            violations.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path}.{name} is missing"));
        }

        var hasProperties = schema.TryGetProperty("properties", out var properties);
        var hasOthers = schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object;
        foreach (var property in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(property.Name, out var own))
            {
                Check(own, property.Value, $"{path}.{property.Name}", violations);
            }
            else if (hasOthers)
            {
                Check(others, property.Value, $"{path}.{property.Name}", violations);
            }
        }
    }

    private static bool IsOfType(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => IsOfType(one, value))
        : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            var unknown => throw new InvalidOperationException($"The schema has the type {unknown}."),
        };
}

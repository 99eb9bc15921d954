using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Inference.Server.Pages;

/// <summary>Schemas of the wire types, made of what the serializer itself goes by: each type once, by name, referred to by others.</summary>
internal sealed class OpenApiSchemas
{
    private const string OwnNamespace = "Inference.";
    private const string HandWritten = "field-schemas.json";

    private readonly FieldDocumentation _documentation = new();
    private readonly JsonObject _handWritten;
    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);
    private readonly JsonSchemaExporterOptions _options;

    /// <summary>None yet.</summary>
    public OpenApiSchemas()
    {
        using var stream = typeof(OpenApiSchemas).Assembly.GetManifestResourceStream(HandWritten)!;
        _handWritten = (JsonObject)JsonNode.Parse(stream)!;
        _options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
    }

    /// <summary>A reference to a type's schema, which is among all from now on.</summary>
    public JsonObject Reference(JsonTypeInfo type)
    {
        var name = type.Type.Name;
        if (!_schemas.ContainsKey(name))
        {
            _schemas[name] = new JsonObject();
            _schemas[name] = type.GetJsonSchemaAsNode(_options);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    /// <summary>All schemas by name.</summary>
    public JsonObject ToJson() => new(_schemas.Select(schema => KeyValuePair.Create<string, JsonNode?>(schema.Key, schema.Value.DeepClone())));

    private JsonObject Transform(JsonSchemaExporterContext context, JsonNode exported)
    {
        var property = context.PropertyInfo?.AttributeProvider as PropertyInfo;
        var isRoot = context.Path.IsEmpty;
        var schema = ByHand(context) ?? (isRoot || !IsOwnObject(context.TypeInfo) ? exported as JsonObject ?? [] : ReferenceTo(context.TypeInfo, exported));
        if ((property is not null ? _documentation.Of(property) : isRoot ? _documentation.Of(context.TypeInfo.Type) : null) is { } description)
        {
            schema["description"] = description;
        }

        if (isRoot)
        {
            // Clients' types are optional where null stands for left out; what the server writes is there unless it may be left out.
            RequireWhatIsAlwaysWritten(context.TypeInfo, schema);
        }

        return schema;
    }

    // What the serializer reads through a converter, or hands on as it came, it knows nothing of.
    private JsonObject? ByHand(JsonSchemaExporterContext context) =>
        (_handWritten[context.TypeInfo.Type.Name]
            ?? (context.TypeInfo.Type == typeof(JsonElement) || context.TypeInfo.Type == typeof(JsonElement?) ? _handWritten[context.PropertyInfo?.Name ?? ""] : null))
        ?.DeepClone() as JsonObject;

    private static bool IsOwnObject(JsonTypeInfo type) =>
        type.Kind == JsonTypeInfoKind.Object && type.Type.Namespace?.StartsWith(OwnNamespace, StringComparison.Ordinal) == true;

    private JsonObject ReferenceTo(JsonTypeInfo type, JsonNode exported)
    {
        var reference = Reference(type);
        var isNullable = exported is JsonObject { } schema && schema["type"] is JsonArray types && types.Any(name => name?.GetValue<string>() == "null");
        return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) } : reference;
    }

    private static void RequireWhatIsAlwaysWritten(JsonTypeInfo type, JsonObject schema)
    {
        var written = type.Properties
            .Where(property => property.Set is null || property.IsRequired || property.AssociatedParameter is not null)
            .Where(property => property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) != true)
            .Select(property => (JsonNode)property.Name)
            .ToArray();
        if (written.Length > 0)
        {
            schema["required"] = new JsonArray(written);
        }
    }
}

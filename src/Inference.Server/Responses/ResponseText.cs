using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Server.Errors;

namespace Inference.Server.Responses;

/// <summary>The field text, as it is told back and as chat completions have it.</summary>
/// <param name="Text">Told back.</param>
/// <param name="ChatFormat">The field response_format; null for plain text.</param>
internal sealed record ResponseText(JsonElement Text, JsonElement? ChatFormat)
{
    private static readonly JsonElement Plain = JsonElement.Parse("""{"format": {"type": "text"}}""");

    /// <summary>Reads the field. What is wrong with a schema is found by the checks that chat completions have.</summary>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static ResponseText Read(JsonElement? text)
    {
        if (text is not { ValueKind: not JsonValueKind.Null } sent)
        {
            return new ResponseText(Plain, null);
        }

        if (sent.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrors.Invalid("text", "'text' must be an object.");
        }

        if (!sent.TryGetProperty("format", out var format) || format.ValueKind == JsonValueKind.Null)
        {
            var told = JsonObject.Create(sent)!;
            told["format"] = new JsonObject { ["type"] = "text" };
            return new ResponseText(JsonElement.Parse(told.ToJsonString(ResponseJson.Options)), null);
        }

        var type = format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        return type switch
        {
            "text" => new ResponseText(sent, null),
            "json_object" => new ResponseText(sent, format),
            "json_schema" => new ResponseText(sent, SchemaFormat(format)),
            _ => throw ApiErrors.Invalid("text.format", "'text.format.type' must be \"text\", \"json_object\" or \"json_schema\"."),
        };
    }

    private static JsonElement SchemaFormat(JsonElement format)
    {
        if (!format.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
        {
            throw ApiErrors.Invalid("text.format.name", "'text.format.name' must be a string.");
        }

        if (!format.TryGetProperty("schema", out _))
        {
            throw ApiErrors.Invalid("text.format", "'text.format.schema' is missing.");
        }

        // The element's own text, not a tree: what a schema says twice must be found.
        return JsonElement.Parse($$"""{"type": "json_schema", "json_schema": {{format.GetRawText()}}}""");
    }
}

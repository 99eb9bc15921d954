using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Server.Errors;

namespace Inference.Server.Responses;

/// <summary>The fields tools and tool_choice, as they are told back and as chat completions have them.</summary>
/// <param name="Tools">Told back.</param>
/// <param name="Choice">Told back.</param>
/// <param name="ChatTools">The definitions that the model is told of; null for none.</param>
/// <param name="ChatChoice">In the form of chat completions; null for the default.</param>
internal sealed record ResponseTools(JsonElement Tools, JsonElement Choice, JsonElement? ChatTools, JsonElement? ChatChoice)
{
    private const string Function = "function";
    private const int MaxShownType = 64;

    /// <summary>Reads both fields. What is wrong inside a function is found by the checks that chat completions have.</summary>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static ResponseTools Read(JsonElement? tools, JsonElement? choice)
    {
        JsonElement[] defined = tools switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray()],
            _ => throw ApiErrors.Invalid("tools", "'tools' must be an array of objects."),
        };
        for (var i = 0; i < defined.Length; i++)
        {
            CheckTool(defined[i], $"tools[{i}]");
        }

        var told = ToElement(new JsonArray([.. defined.Select(Told)]));
        var asked = choice is { ValueKind: not JsonValueKind.Null } sent ? sent : JsonElement.Parse("\"auto\"");
        var (chatChoice, allowed) = ReadChoice(asked);
        if (allowed is not null)
        {
            defined = [.. defined.Where(tool => allowed.Contains(NameOf(tool)))];
        }

        if (defined.Length == 0)
        {
            // "auto" and "none" say nothing where there is nothing to choose.
            return new ResponseTools(told, asked, null, asked.ValueKind == JsonValueKind.String && asked.ValueEquals("required") || allowed is not null || chatChoice.ValueKind == JsonValueKind.Object
                ? throw ApiErrors.Invalid("tool_choice", "'tool_choice' asks for a tool that is not in 'tools'.")
                : null);
        }

        return new ResponseTools(told, asked, ToElement(new JsonArray([.. defined.Select(ToChat)])), chatChoice);
    }

    private static void CheckTool(JsonElement tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
        {
            throw ApiErrors.Invalid(path, $"'{path}' must be an object with a type.");
        }

        if (!type.ValueEquals(Function))
        {
            throw ApiErrors.Invalid(
                path + ".type", $"'{path}.type' must be \"function\": the tool {Shown(type.GetString()!)} is not one of this server's.", "unsupported_parameter");
        }

        if (!tool.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String || name.GetString()!.Length == 0)
        {
            throw ApiErrors.Invalid(path + ".name", $"'{path}.name' must be a text that is not empty.");
        }
    }

    // Only what is plain: it ends up in a message.
    private static string Shown(string type) =>
        type.Length is > 0 and <= MaxShownType && type.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol == '_') ? $"\"{type}\"" : "that is named";

    private static (JsonElement Choice, HashSet<string>? Allowed) ReadChoice(JsonElement choice)
    {
        if (choice.ValueKind == JsonValueKind.String && choice.GetString() is "none" or "auto" or "required")
        {
            return (choice, null);
        }

        var type = choice.ValueKind == JsonValueKind.Object && choice.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        if (type == Function && choice.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String)
        {
            return (ToElement(new JsonObject { ["type"] = Function, [Function] = new JsonObject { ["name"] = name.GetString() } }), null);
        }

        if (type == "allowed_tools"
            && choice.TryGetProperty("mode", out var mode) && mode.ValueKind == JsonValueKind.String && mode.GetString() is "auto" or "required"
            && choice.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            && tools.EnumerateArray().All(tool => tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("name", out var own) && own.ValueKind == JsonValueKind.String))
        {
            return (mode, [.. tools.EnumerateArray().Select(NameOf)]);
        }

        throw ApiErrors.Invalid(
            "tool_choice",
            "'tool_choice' must be \"none\", \"auto\", \"required\", {\"type\": \"function\", \"name\": …} or {\"type\": \"allowed_tools\", \"mode\": …, \"tools\": […]}.");
    }

    private static string NameOf(JsonElement tool) => tool.GetProperty("name").GetString()!;

    // Clients expect all of the fields.
    private static JsonObject Told(JsonElement tool)
    {
        var told = JsonObject.Create(tool)!;
        told.TryAdd("description", null);
        told.TryAdd("parameters", null);
        told.TryAdd("strict", false);
        return told;
    }

    private static JsonObject ToChat(JsonElement tool)
    {
        var function = JsonObject.Create(tool)!;
        function.Remove("type");
        return new JsonObject { ["type"] = Function, [Function] = function.DeepClone() };
    }

    private static JsonElement ToElement(JsonNode node) => JsonElement.Parse(node.ToJsonString(ResponseJson.Options));
}

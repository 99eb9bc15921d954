using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Server.Errors;
using Inference.Server.Parsing;

namespace Inference.Server.Validation;

/// <summary>What a model must write when tools must be called: a JSON schema, and how the output is read. Independent of the model's family.</summary>
internal static class ForcedToolCalls
{
    private const string Definitions = "$defs";

    /// <summary>How the output is read.</summary>
    public static ToolCallFormat Format(ToolSettings tools) => tools.Name is { } name
        ? new ToolCallFormat("named", parts => new NamedToolCallParser(parts, name))
        : new ToolCallFormat("required", parts => new JsonListToolCallParser(parts));

    /// <summary>What the output must follow: the arguments of the named tool, or an array of calls.</summary>
    /// <exception cref="ApiException">400: definitions of one name differ from tool to tool, or a property is there twice.</exception>
    public static string Schema(ToolSettings tools)
    {
        var all = tools.Tools!.Value.EnumerateArray();
        try
        {
            return tools.Name is { } name
                ? Parameters(all.First(tool => ToolValidator.NameOf(tool) == name)).ToJsonString()
                : ListOf(all, tools.IsParallel).ToJsonString();
        }
        catch (ArgumentException)
        {
            // A node finds equal names only when it is read.
            throw ApiErrors.Invalid("tools", "'tools' must not have a property twice in 'parameters'.");
        }
    }

    private static JsonObject ListOf(IEnumerable<JsonElement> tools, bool isParallel)
    {
        var definitions = new JsonObject();
        var calls = new JsonArray();
        foreach (var tool in tools)
        {
            var parameters = Parameters(tool);
            Lift(parameters, definitions);
            calls.Add(new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["name"] = new JsonObject { ["const"] = ToolValidator.NameOf(tool) }, ["parameters"] = parameters },
                ["required"] = new JsonArray("name", "parameters"),
                ["additionalProperties"] = false,
            });
        }

        var list = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["anyOf"] = calls }, [Definitions] = definitions };
        if (!isParallel)
        {
            list["maxItems"] = 1;
        }

        return list;
    }

    private static JsonObject Parameters(JsonElement tool) =>
        tool.GetProperty("function").TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
            ? (JsonObject)JsonNode.Parse(parameters.GetRawText())!
            : new JsonObject { ["type"] = "object" };

    // References begin at the schema's root, so what they refer to must be there.
    private static void Lift(JsonObject parameters, JsonObject definitions)
    {
        if (parameters[Definitions] is not JsonObject own)
        {
            return;
        }

        parameters.Remove(Definitions);
        foreach (var (name, definition) in own.ToList())
        {
            own.Remove(name);
            if (!definitions.ContainsKey(name))
            {
                definitions[name] = definition;
            }
            else if (!JsonNode.DeepEquals(definitions[name], definition))
            {
                throw ApiErrors.Invalid("tools", "'tools' have definitions ($defs) of one name that differ: 'tool_choice' \"required\" needs them to be equal.");
            }
        }
    }
}

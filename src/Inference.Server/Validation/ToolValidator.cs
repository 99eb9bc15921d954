using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>Checks the fields tools, tool_choice and parallel_tool_calls. Pure.</summary>
internal static class ToolValidator
{
    private const int MaxTools = 128;

    /// <summary>What the fields ask for.</summary>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static ToolSettings Validate(ChatCompletionRequest body)
    {
        var tools = body.Tools is { ValueKind: not JsonValueKind.Null } sent ? CheckTools(sent) : (JsonElement?)null;
        var (mode, name) = Choice(body.ToolChoice, tools is not null);
        if (tools is null && mode != ToolMode.None)
        {
            throw ApiErrors.Invalid("tool_choice", "'tool_choice' is only allowed with 'tools'.");
        }

        if (name is not null && !tools!.Value.EnumerateArray().Any(tool => NameOf(tool) == name))
        {
            throw ApiErrors.Invalid("tool_choice", "'tool_choice' names a function that is not in 'tools'.");
        }

        return new ToolSettings(mode, mode == ToolMode.None ? null : tools, name, body.ParallelToolCalls ?? true);
    }

    /// <summary>A checked tool's name.</summary>
    public static string NameOf(JsonElement tool) => tool.GetProperty("function").GetProperty("name").GetString()!;

    private static JsonElement CheckTools(JsonElement tools)
    {
        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() is 0 or > MaxTools)
        {
            throw ApiErrors.Invalid("tools", $"'tools' must be an array of 1 to {MaxTools} objects.");
        }

        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            CheckTool(tool, $"tools[{index++}]");
        }

        return tools;
    }

    private static void CheckTool(JsonElement tool, string path)
    {
        if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
        {
            throw ApiErrors.Invalid(path, $"'{path}' must be an object with a type.");
        }

        if (!type.ValueEquals("function"))
        {
            throw ApiErrors.Invalid(path + ".type", $"'{path}.type' must be \"function\".");
        }

        var isNamed = tool.TryGetProperty("function", out var function)
            && function.ValueKind == JsonValueKind.Object
            && function.TryGetProperty("name", out var name)
            && name.ValueKind == JsonValueKind.String
            && name.GetString()!.Length > 0;
        if (!isNamed)
        {
            throw ApiErrors.Invalid(path + ".function", $"'{path}.function' must be an object with a name.");
        }

        if (function.TryGetProperty("parameters", out var parameters) && parameters.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            throw ApiErrors.Invalid(path + ".function.parameters", $"'{path}.function.parameters' must be a JSON schema, which is an object.");
        }
    }

    private static (ToolMode Mode, string? Name) Choice(JsonElement? choice, bool hasTools)
    {
        switch (choice)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return (hasTools ? ToolMode.Auto : ToolMode.None, null);
            case { ValueKind: JsonValueKind.String } text:
                return (text.GetString() switch
                {
                    "none" => ToolMode.None,
                    "auto" => ToolMode.Auto,
                    "required" => ToolMode.Required,
                    _ => throw WrongChoice(),
                }, null);
            case { ValueKind: JsonValueKind.Object } named
                when named.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("function")
                && named.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
                && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String:
                return (ToolMode.Named, name.GetString());
            default:
                throw WrongChoice();
        }
    }

    private static ApiException WrongChoice() => ApiErrors.Invalid(
        "tool_choice",
        "'tool_choice' must be \"none\", \"auto\", \"required\" or {\"type\": \"function\", \"function\": {\"name\": …}}.");
}

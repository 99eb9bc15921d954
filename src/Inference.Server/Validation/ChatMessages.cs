using System.Text.Json;
using Inference.Server.Errors;
using Inference.Server.Serving;

namespace Inference.Server.Validation;

/// <summary>Checks the field messages, and brings it into the one form that the model's chat template expects.</summary>
internal static class ChatMessages
{
    /// <summary>
    /// Returns the messages with every content a string: an array of text parts becomes their texts joined by line feeds, and a missing
    /// or null content becomes "" (or stays null, where the template wants that with tool calls). Tool calls' arguments, the role "developer"
    /// and reasoning become what the template takes. Everything else that a message carries stays as it is.
    /// </summary>
    /// <exception cref="ApiException">400 that names the message and the field at fault.</exception>
    public static JsonElement Normalize(JsonElement? messages, ChatTraits traits)
    {
        if (messages is not { } array)
        {
            throw ApiErrors.Invalid("messages", "'messages' is missing.");
        }

        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
        {
            throw ApiErrors.Invalid("messages", "'messages' must be an array of at least one message.");
        }

        var isPlain = true;
        var index = 0;
        foreach (var message in array.EnumerateArray())
        {
            isPlain &= CheckMessage(message, index++);
        }

        return isPlain ? array : ChatMessageWriter.Rewrite(array, traits);
    }

    /// <summary>Checks one message, and says whether every template takes it as it is.</summary>
    private static bool CheckMessage(JsonElement message, int index)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw Invalid($"messages[{index}]", "an object");
        }

        if (!message.TryGetProperty("role", out var role) || role.ValueKind != JsonValueKind.String)
        {
            throw Invalid($"messages[{index}].role", "a string");
        }

        var isPlain = !role.ValueEquals("developer") && !message.TryGetProperty("reasoning", out _);
        if (message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind != JsonValueKind.Null)
        {
            CheckCalls(calls, index);
            isPlain = false;
        }

        return CheckContent(message, role, index) && isPlain;
    }

    private static bool CheckContent(JsonElement message, JsonElement role, int index)
    {
        if (!message.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null)
        {
            return role.ValueEquals("assistant")
                ? false
                : throw Invalid($"messages[{index}].content", "a string or an array of text parts");
        }

        if (content.ValueKind == JsonValueKind.Array)
        {
            CheckParts(content, index);
            return false;
        }

        return content.ValueKind == JsonValueKind.String
            ? true
            : throw Invalid($"messages[{index}].content", "a string or an array of text parts");
    }

    private static void CheckParts(JsonElement parts, int index)
    {
        var partIndex = 0;
        foreach (var part in parts.EnumerateArray())
        {
            var path = $"messages[{index}].content[{partIndex++}]";
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
            {
                throw Invalid(path, "an object with a type");
            }

            if (!type.ValueEquals("text"))
            {
                throw ApiErrors.Invalid(path + ".type", $"'{path}.type' must be \"text\": this model reads nothing else.");
            }

            if (!part.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
            {
                throw Invalid(path + ".text", "a string");
            }
        }
    }

    private static void CheckCalls(JsonElement calls, int index)
    {
        if (calls.ValueKind != JsonValueKind.Array)
        {
            throw Invalid($"messages[{index}].tool_calls", "an array");
        }

        var callIndex = 0;
        foreach (var call in calls.EnumerateArray())
        {
            var path = $"messages[{index}].tool_calls[{callIndex++}].function";
            var isCall = call.ValueKind == JsonValueKind.Object
                && call.TryGetProperty("function", out var function)
                && function.ValueKind == JsonValueKind.Object
                && function.TryGetProperty("name", out var name)
                && name.ValueKind == JsonValueKind.String;
            if (!isCall)
            {
                throw Invalid(path, "an object with a name");
            }
        }
    }

    private static ApiException Invalid(string param, string expectation) => ApiErrors.Invalid(param, $"'{param}' must be {expectation}.");
}

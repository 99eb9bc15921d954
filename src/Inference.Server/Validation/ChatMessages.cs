using System.Buffers;
using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>Checks the field messages, and brings it into the one form that chat templates expect.</summary>
internal static class ChatMessages
{
    /// <summary>
    /// Returns the messages with every content a string: an array of text parts becomes their texts joined by line feeds, and a missing
    /// or null content becomes "". Everything else that a message carries stays as it is.
    /// </summary>
    /// <exception cref="ApiException">400 that names the message and the field at fault.</exception>
    public static JsonElement Normalize(JsonElement? messages)
    {
        if (messages is not { } array)
        {
            throw ApiErrors.Invalid("messages", "'messages' is missing.");
        }

        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
        {
            throw ApiErrors.Invalid("messages", "'messages' must be an array of at least one message.");
        }

        var hasOnlyStrings = true;
        var index = 0;
        foreach (var message in array.EnumerateArray())
        {
            hasOnlyStrings &= CheckMessage(message, index++);
        }

        return hasOnlyStrings ? array : Rewrite(array);
    }

    /// <summary>Checks one message, and says whether its content is a string already.</summary>
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

    private static JsonElement Rewrite(JsonElement messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, OpenAiJsonContext.WriterOptions))
        {
            writer.WriteStartArray();
            foreach (var message in messages.EnumerateArray())
            {
                writer.WriteStartObject();
                foreach (var property in message.EnumerateObject().Where(property => !property.NameEquals("content")))
                {
                    property.WriteTo(writer);
                }

                writer.WriteString("content", TextOf(message));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static string TextOf(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind == JsonValueKind.Array
            ? string.Join('\n', content.EnumerateArray().Select(part => part.GetProperty("text").GetString()))
            : content.GetString() ?? "";
    }

    private static ApiException Invalid(string param, string expectation) => ApiErrors.Invalid(param, $"'{param}' must be {expectation}.");
}

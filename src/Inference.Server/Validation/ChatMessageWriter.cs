using System.Buffers;
using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Server.Serving;

namespace Inference.Server.Validation;

/// <summary>Writes checked messages anew, in the form that a chat template takes.</summary>
internal static class ChatMessageWriter
{
    /// <summary>All messages.</summary>
    public static JsonElement Rewrite(JsonElement messages, ChatTraits traits)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, OpenAiJsonContext.WriterOptions))
        {
            writer.WriteStartArray();
            foreach (var message in messages.EnumerateArray())
            {
                Write(writer, message, traits);
            }

            writer.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement message, ChatTraits traits)
    {
        writer.WriteStartObject();
        foreach (var property in message.EnumerateObject().Where(property => !property.NameEquals("content")))
        {
            if (property.NameEquals("role") && !traits.KnowsDeveloper && property.Value.ValueEquals("developer"))
            {
                writer.WriteString("role", "system");
            }
            else if (property.NameEquals("tool_calls") && property.Value.ValueKind == JsonValueKind.Array)
            {
                writer.WritePropertyName("tool_calls");
                WriteCalls(writer, property.Value, traits);
            }
            else
            {
                property.WriteTo(writer);
            }
        }

        WriteReasoning(writer, message);
        writer.WriteString("content", TextOf(message, traits));
        writer.WriteEndObject();
    }

    // Newer clients send back what newer servers have called reasoning; templates know the older name.
    private static void WriteReasoning(Utf8JsonWriter writer, JsonElement message)
    {
        if (message.TryGetProperty("reasoning", out var reasoning)
            && reasoning.ValueKind == JsonValueKind.String
            && !message.TryGetProperty("reasoning_content", out _))
        {
            writer.WriteString("reasoning_content", reasoning.GetString());
        }
    }

    private static string? TextOf(JsonElement message, ChatTraits traits)
    {
        if (message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array)
        {
            return string.Join('\n', content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
        }

        var isCalling = message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0;
        return content.ValueKind == JsonValueKind.String ? content.GetString() : isCalling && traits.TakesNullContent ? null : "";
    }

    private static void WriteCalls(Utf8JsonWriter writer, JsonElement calls, ChatTraits traits)
    {
        writer.WriteStartArray();
        foreach (var call in calls.EnumerateArray())
        {
            writer.WriteStartObject();
            foreach (var property in call.EnumerateObject())
            {
                if (property.NameEquals("function"))
                {
                    WriteFunction(writer, property.Value, traits);
                }
                else
                {
                    property.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFunction(Utf8JsonWriter writer, JsonElement function, ChatTraits traits)
    {
        writer.WriteStartObject("function");
        foreach (var property in function.EnumerateObject())
        {
            if (!property.NameEquals("arguments"))
            {
                property.WriteTo(writer);
            }
            else if (traits.TakesArgumentObjects)
            {
                writer.WritePropertyName("arguments");
                WriteObject(writer, property.Value);
            }
            else
            {
                writer.WriteString("arguments", property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : property.Value.GetRawText());
            }
        }

        writer.WriteEndObject();
    }

    // What is no JSON stays the text that it is: a template shows it as it came.
    private static void WriteObject(Utf8JsonWriter writer, JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.String)
        {
            arguments.WriteTo(writer);
            return;
        }

        var text = arguments.GetString()!;
        try
        {
            JsonElement.Parse(text.Length == 0 ? "{}" : text).WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(text);
        }
    }
}

using System.Buffers;
using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Server.Background;
using Inference.Server.Errors;

namespace Inference.Server.Responses;

/// <summary>Checks the field input, and brings its items into the form in which they are stored and told back: with ids, and content in parts.</summary>
/// <param name="findItem">An item that was generated before, by its id, or null.</param>
internal sealed class InputItems(Func<string, JsonElement?> findItem)
{
    private const string Message = "message";
    private const string Call = "function_call";
    private const string CallOutput = "function_call_output";
    private const string Reasoning = "reasoning";
    private const string Reference = "item_reference";

    /// <summary>The items.</summary>
    /// <exception cref="ApiException">400 that names the item and the field.</exception>
    public List<JsonElement> Read(JsonElement? input)
    {
        switch (input)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                throw ApiErrors.Invalid("input", "'input' is missing.");
            case { ValueKind: JsonValueKind.String } text:
                return [Write(writer => WriteMessage(writer, "user", "input_text", [text.GetString()!]), "msg_")];
            case { ValueKind: JsonValueKind.Array } items:
                return [.. items.EnumerateArray().Select((item, index) => ReadItem(item, $"input[{index}]"))];
            default:
                throw ApiErrors.Invalid("input", "'input' must be a string or an array of items.");
        }
    }

    private JsonElement ReadItem(JsonElement item, string path)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(path, "an object");
        }

        var type = item.TryGetProperty("type", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()
            : item.TryGetProperty("role", out _) ? Message : Reference;
        return type switch
        {
            Message => ReadMessage(item, path),
            Call => ReadCall(item, path),
            CallOutput => ReadCallOutput(item, path),
            Reasoning => ReadReasoning(item, path),
            Reference => ReadReference(item, path),
            _ => throw Invalid(path + ".type", $"\"{Message}\", \"{Call}\", \"{CallOutput}\", \"{Reasoning}\" or \"{Reference}\""),
        };
    }

    private static JsonElement ReadMessage(JsonElement item, string path)
    {
        var role = Text(item, "role", path);
        if (role is not ("user" or "assistant" or "system" or "developer"))
        {
            throw Invalid(path + ".role", "\"user\", \"assistant\", \"system\" or \"developer\"");
        }

        var texts = Texts(item, "content", path);
        return Write(writer => WriteMessage(writer, role, role == "assistant" ? "output_text" : "input_text", texts), "msg_", IdOf(item));
    }

    private static JsonElement ReadCall(JsonElement item, string path)
    {
        var (callId, name, arguments) = (Text(item, "call_id", path), Text(item, "name", path), Text(item, "arguments", path));
        return Write(
            writer =>
            {
                writer.WriteString("type", Call);
                writer.WriteString("call_id", callId);
                writer.WriteString("name", name);
                writer.WriteString("arguments", arguments);
            },
            "fc_",
            IdOf(item));
    }

    private static JsonElement ReadCallOutput(JsonElement item, string path)
    {
        var (callId, output) = (Text(item, "call_id", path), string.Join('\n', Texts(item, "output", path)));
        return Write(
            writer =>
            {
                writer.WriteString("type", CallOutput);
                writer.WriteString("call_id", callId);
                writer.WriteString("output", output);
            },
            "fco_",
            IdOf(item));
    }

    private static JsonElement ReadReasoning(JsonElement item, string path)
    {
        IReadOnlyList<string> Optional(string name) => IsThere(item, name) ? Texts(item, name, path) : [];

        // A summary is better than nothing for a model that is to go on from it.
        var texts = Optional("content");
        texts = texts.Count > 0 ? texts : Optional("summary");
        return Write(
            writer =>
            {
                writer.WriteString("type", Reasoning);
                writer.WriteStartArray("summary");
                writer.WriteEndArray();
                WriteParts(writer, "reasoning_text", texts);
            },
            "rs_",
            IdOf(item));
    }

    private JsonElement ReadReference(JsonElement item, string path)
    {
        var id = Text(item, "id", path);
        return findItem(id) ?? throw ApiErrors.NotFound(path + ".id", "Item", id);
    }

    private static void WriteMessage(Utf8JsonWriter writer, string role, string partType, IReadOnlyList<string> texts)
    {
        writer.WriteString("type", Message);
        writer.WriteString("role", role);
        WriteParts(writer, partType, texts);
    }

    private static void WriteParts(Utf8JsonWriter writer, string type, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray("content");
        foreach (var text in texts)
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteString("text", text);
            if (type == "output_text")
            {
                writer.WriteStartArray("annotations");
                writer.WriteEndArray();
                writer.WriteStartArray("logprobs");
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static JsonElement Write(Action<Utf8JsonWriter> write, string idPrefix, string? id = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, OpenAiJsonContext.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id", id ?? RandomId.Create(idPrefix));
            write(writer);
            writer.WriteString("status", "completed");
            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static bool IsThere(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string? IdOf(JsonElement item) =>
        item.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } text ? text : null;

    private static string Text(JsonElement item, string name, string path) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Invalid($"{path}.{name}", "a string");

    // A text, or the texts of parts. What a model refused to say is text like any other.
    private static List<string> Texts(JsonElement item, string name, string path)
    {
        var place = $"{path}.{name}";
        if (!item.TryGetProperty(name, out var value) || value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            throw Invalid(place, "a string or an array of text parts");
        }

        return value.ValueKind == JsonValueKind.String
            ? [value.GetString()!]
            : [.. value.EnumerateArray().Select((part, index) => PartText(part, $"{place}[{index}]"))];
    }

    private static string PartText(JsonElement part, string path)
    {
        if (part.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(path, "an object with a type");
        }

        return Text(part, "type", path) switch
        {
            "input_text" or "output_text" or "text" or "reasoning_text" or "summary_text" => Text(part, "text", path),
            "refusal" => Text(part, "refusal", path),
            _ => throw ApiErrors.Invalid(path + ".type", $"'{path}.type' must be \"input_text\" or \"output_text\": this model reads nothing else."),
        };
    }

    private static ApiException Invalid(string param, string expectation) => ApiErrors.Invalid(param, $"'{param}' must be {expectation}.");
}

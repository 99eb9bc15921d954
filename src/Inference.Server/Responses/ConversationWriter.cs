using System.Buffers;
using System.Text;
using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Responses;

/// <summary>
/// From a conversation's items to the messages of a chat. Reasoning, text and calls that follow each other are one message of the assistant's, as
/// the model wrote them.
/// </summary>
internal sealed class ConversationWriter
{
    private readonly Utf8JsonWriter _writer;
    private readonly StringBuilder _reasoning = new();
    private readonly StringBuilder _content = new();
    private readonly List<JsonElement> _calls = [];
    private bool _isAnswering;

    private ConversationWriter(Utf8JsonWriter writer) => _writer = writer;

    /// <summary>The messages.</summary>
    /// <param name="instructions">A system message before everything else; null for none.</param>
    /// <param name="items">As <see cref="InputItems"/> gives them, or as they were generated.</param>
    public static JsonElement Write(string? instructions, IEnumerable<JsonElement> items)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, OpenAiJsonContext.WriterOptions);
        var conversation = new ConversationWriter(writer);
        writer.WriteStartArray();
        if (!string.IsNullOrEmpty(instructions))
        {
            conversation.WriteMessage("system", instructions);
        }

        foreach (var item in items)
        {
            conversation.Add(item);
        }

        conversation.EndAnswer();
        writer.WriteEndArray();
        writer.Flush();
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>Refuses answers of functions that nobody called: templates take them for what they are not.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static void CheckCalls(IEnumerable<JsonElement> items)
    {
        var calls = new HashSet<string>();
        foreach (var item in items)
        {
            if (TypeOf(item) == "function_call")
            {
                calls.Add(item.GetProperty("call_id").GetString()!);
            }
            else if (TypeOf(item) == "function_call_output" && !calls.Contains(item.GetProperty("call_id").GetString()!))
            {
                throw ApiErrors.Invalid("input", "A 'function_call_output' in 'input' has a 'call_id' that no 'function_call' before it has.");
            }
        }
    }

    /// <summary>An item's type.</summary>
    public static string TypeOf(JsonElement item) => item.GetProperty("type").GetString()!;

    private void Add(JsonElement item)
    {
        switch (TypeOf(item))
        {
            case "reasoning":
                // What was reasoned about comes after it: a new turn of the assistant's.
                if (_content.Length > 0 || _calls.Count > 0)
                {
                    EndAnswer();
                }

                _isAnswering = true;
                _reasoning.Append(TextOf(item));
                break;
            case "function_call":
                _isAnswering = true;
                _calls.Add(item);
                break;
            case "function_call_output":
                EndAnswer();
                _writer.WriteStartObject();
                _writer.WriteString("role", "tool");
                _writer.WriteString("tool_call_id", item.GetProperty("call_id").GetString());
                _writer.WriteString("content", item.GetProperty("output").GetString());
                _writer.WriteEndObject();
                break;
            case "message" when item.GetProperty("role").ValueEquals("assistant"):
                if (_content.Length > 0)
                {
                    EndAnswer();
                }

                _isAnswering = true;
                _content.Append(TextOf(item));
                break;
            default:
                EndAnswer();
                WriteMessage(item.GetProperty("role").GetString()!, TextOf(item));
                break;
        }
    }

    private void EndAnswer()
    {
        if (!_isAnswering)
        {
            return;
        }

        _writer.WriteStartObject();
        _writer.WriteString("role", "assistant");
        if (_reasoning.Length > 0)
        {
            _writer.WriteString("reasoning_content", _reasoning.ToString());
        }

        _writer.WriteString("content", _content.Length > 0 || _calls.Count == 0 ? _content.ToString() : null);
        if (_calls.Count > 0)
        {
            WriteCalls();
        }

        _writer.WriteEndObject();
        _reasoning.Clear();
        _content.Clear();
        _calls.Clear();
        _isAnswering = false;
    }

    private void WriteCalls()
    {
        _writer.WriteStartArray("tool_calls");
        foreach (var call in _calls)
        {
            _writer.WriteStartObject();
            _writer.WriteString("id", call.GetProperty("call_id").GetString());
            _writer.WriteString("type", "function");
            _writer.WriteStartObject("function");
            _writer.WriteString("name", call.GetProperty("name").GetString());
            _writer.WriteString("arguments", call.GetProperty("arguments").GetString());
            _writer.WriteEndObject();
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    private void WriteMessage(string role, string content)
    {
        _writer.WriteStartObject();
        _writer.WriteString("role", role);
        _writer.WriteString("content", content);
        _writer.WriteEndObject();
    }

    private static string TextOf(JsonElement item) =>
        string.Join('\n', item.GetProperty("content").EnumerateArray().Select(part => part.GetProperty("text").GetString()));
}

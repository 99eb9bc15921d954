using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Inference.Protocol.OpenAi;
using Inference.Server.Pages;

namespace Inference.FunctionalTests.Soak;

/// <summary>Requests that were valid once: fields changed, exchanged, dropped and added, then sometimes bytes as well. A seed gives one request.</summary>
internal sealed class RequestMutator(int seed)
{
    private static readonly (string Path, string Body)[] Valid =
    [
        .. ApiReference.All.Where(operation => operation.Example is not null).Select(operation => (operation.Path, operation.Example!)),
        ("/v1/completions", """{"prompt": ["a", [5, 6]], "max_tokens": 3, "n": 2, "best_of": 3, "logprobs": 2, "echo": true, "prompt_logprobs": 1, "seed": 4, "stop": ["x", "yy"]}"""),
        ("/v1/completions", """{"prompt": "abc", "max_tokens": 4, "temperature": 1.2, "top_p": 0.5, "top_k": 7, "min_p": 0.1, "logit_bias": {"5": -3}, "stop_token_ids": [9], "return_token_ids": true}"""),
        ("/v1/completions", """{"prompt": "abc", "max_tokens": 5, "use_beam_search": true, "n": 2, "length_penalty": 0.8, "early_stopping": "never"}"""),
        ("/v1/completions", """{"prompt": "abc", "max_tokens": 9, "structured_outputs": {"regex": "[a-c]{2,5}x?"}, "stream": true, "stream_options": {"include_usage": true}}"""),
        ("/v1/completions", """{"prompt": "abc", "max_tokens": 9, "guided_grammar": "root ::= \"a\" root | \"b\"", "priority": 3, "deadline": 5, "cache_salt": "s"}"""),
        ("/v1/chat/completions", """{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "t"}]}], "max_completion_tokens": 4, "logprobs": true, "top_logprobs": 2}"""),
        ("/v1/chat/completions", """{"messages": [{"role": "user", "content": "hi"}], "max_tokens": 6, "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}}], "tool_choice": "required"}"""),
        ("/v1/chat/completions", """{"messages": [{"role": "user", "content": "hi"}], "max_tokens": 6, "stream": true, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object", "properties": {"a": {"enum": ["x", 1]}}, "required": ["a"]}}}}"""),
        ("/v1/chat/completions", """{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "an"}], "continue_final_message": true, "add_generation_prompt": false, "echo": true, "max_tokens": 3, "chat_template": "{% for m in messages %}{{ m.content }}{% endfor %}", "chat_template_kwargs": {"x": 1}}"""),
        ("/v1/responses", """{"input": "hi", "max_output_tokens": 4, "instructions": "s", "metadata": {"a": "b"}, "truncation": "auto", "include": ["message.output_text.logprobs"], "top_logprobs": 2}"""),
        ("/v1/responses", """{"input": [{"role": "user", "content": [{"type": "input_text", "text": "t"}]}, {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}, {"type": "function_call_output", "call_id": "c", "output": "o"}], "max_output_tokens": 6, "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": false}], "tool_choice": "required", "stream": true}"""),
        ("/v1/responses", """{"input": "hi", "max_output_tokens": 6, "background": true, "store": true, "text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object", "properties": {"a": {"enum": ["x", 1]}}}}}}"""),
        ("/v1/responses", """{"input": [{"type": "item_reference", "id": "msg_0"}], "previous_response_id": "resp_0", "reasoning": {"effort": "low"}, "parallel_tool_calls": false, "max_tool_calls": 1}"""),
        ("/v1/batches", """{"input_file_id": "file-0", "endpoint": "/v1/completions", "completion_window": "24h", "metadata": {"a": "b"}, "output_expires_after": {"anchor": "created_at", "seconds": 3600}}"""),
        ("/tokenize", """{"messages": [{"role": "user", "content": "hi"}], "add_generation_prompt": true, "return_token_strs": true}"""),
    ];

    // Every field that any body has, by its name in JSON.
    private static readonly string[] Fields =
    [
        .. ApiReference.All.Select(operation => operation.Request).OfType<JsonTypeInfo>()
            .Concat([OpenAiJsonContext.Default.CreateResponseRequest, OpenAiJsonContext.Default.CreateBatchRequest])
            .SelectMany(type => type.Properties).Select(field => field.Name).Distinct(),
    ];

    private static readonly string[] Hostile =
    [
        "null", "true", "false", "0", "-1", "1", "2", "-0.0", "1e308", "1e-320", "2147483647", "-2147483648", "9223372036854775807", "99999999999999999999999", "0.5", "\"\"", "\"a\"", "\"-1\"",
        "[]", "{}", "[[]]", "[null]", "{\"\": null}", "{\"type\": \"text\"}", "\"\\u0000\"", "\"\\uDC00\"", "\"\\uD83D\\uDE00\"", "\"{{ 7 }}{% raw %}\"", "\"(a*)*b\"", "\"root ::= root\"", "[1, \"a\", [2]]",
        "{\"$ref\": \"#\"}", "{\"type\": \"json_object\"}", "[0, 511, 512, -1]", "{\"5\": 100, \"600\": 1}",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next request.</summary>
    public (string Path, byte[] Body) Next()
    {
        var (path, text) = Valid[_random.Next(Valid.Length)];
        var body = Change(text);
        return (_random.Next(30) == 0 ? Valid[_random.Next(Valid.Length)].Path : path, body);
    }

    /// <summary>The body of the next request to an address.</summary>
    public byte[] Next(string path)
    {
        var bodies = Valid.Where(request => request.Path == path).ToArray();
        return Change(bodies[_random.Next(bodies.Length)].Body);
    }

    private byte[] Change(string text)
    {
        var body = (JsonObject)JsonNode.Parse(text)!;
        for (var i = _random.Next(4); i > 0; i--)
        {
            Mutate(body);
        }

        var bytes = Encoding.UTF8.GetBytes(Spell(body.ToJsonString()));
        return _random.Next(5) == 0 ? Spoil(bytes) : bytes;
    }

    private void Mutate(JsonObject body)
    {
        var target = body;
        while (_random.Next(3) == 0 && target.Select(field => field.Value).OfType<JsonObject>().FirstOrDefault() is { } inner)
        {
            target = inner;
        }

        var names = target.Select(field => field.Key).ToArray();
        var name = names.Length > 0 ? names[_random.Next(names.Length)] : "x";
        switch (_random.Next(5))
        {
            case 0:
                target.Remove(name);
                break;
            case 1 or 2:
                target[Fields[_random.Next(Fields.Length)]] = Value();
                break;
            case 3 when target[name] is JsonArray { Count: > 0 } array:
                array[_random.Next(array.Count)] = Value();
                break;
            default:
                target[name] = Value();
                break;
        }
    }

    // Spelled as it stands: a node would refuse half a surrogate, or round a number. Put in place of a mark, once all is text.
    private JsonValue Value() => JsonValue.Create($"@@{_random.Next(Hostile.Length + 2)}@@");

    private static string Spell(string json)
    {
        for (var i = 0; i < Hostile.Length + 2 && json.Contains("\"@@", StringComparison.Ordinal); i++)
        {
            var value = i < Hostile.Length ? Hostile[i] : i == Hostile.Length ? $"\"{new string('x', 5000)}\"" : new string('[', 70) + new string(']', 70);
            json = json.Replace($"\"@@{i}@@\"", value, StringComparison.Ordinal);
        }

        return json;
    }

    private byte[] Spoil(byte[] bytes)
    {
        var spoilt = bytes.ToList();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var at = _random.Next(spoilt.Count);
            switch (_random.Next(4))
            {
                case 0:
                    spoilt[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    spoilt.Insert(at, "{}[]\",:\\0"u8[_random.Next(9)]);
                    break;
                case 2 when spoilt.Count > 1:
                    spoilt.RemoveRange(at, Math.Min(_random.Next(1, 8), spoilt.Count - at - 1));
                    break;
                default:
                    spoilt.AddRange(spoilt.GetRange(at, Math.Min(20, spoilt.Count - at)));
                    break;
            }
        }

        return [.. spoilt];
    }
}

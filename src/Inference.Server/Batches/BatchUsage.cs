using System.Text.Json;
using Inference.Protocol.OpenAi.Responses;

namespace Inference.Server.Batches;

/// <summary>Adds up the tokens of a batch's answers, whatever address they are of.</summary>
internal sealed class BatchUsage
{
    private long _input;
    private long _cached;
    private long _output;
    private long _reasoning;

    /// <summary>Adds those of a line of the results; an error has none.</summary>
    public void Add(ReadOnlySpan<byte> result)
    {
        if (!TryGet(JsonElement.Parse(result), "response", out var response) || !TryGet(response, "body", out var body) || !TryGet(body, "usage", out var usage))
        {
            return;
        }

        _input += Tokens(usage, "prompt_tokens") + Tokens(usage, "input_tokens");
        _cached += Tokens(usage, "prompt_tokens_details", "cached_tokens") + Tokens(usage, "input_tokens_details", "cached_tokens");
        _output += Tokens(usage, "completion_tokens") + Tokens(usage, "output_tokens");
        _reasoning += Tokens(usage, "completion_tokens_details", "reasoning_tokens") + Tokens(usage, "output_tokens_details", "reasoning_tokens");
    }

    /// <summary>Their sum.</summary>
    public ResponseUsage ToUsage() => new(_input, new InputTokensDetails(_cached), _output, new OutputTokensDetails(_reasoning));

    private static long Tokens(JsonElement usage, string details, string name) => TryGet(usage, details, out var found) ? Tokens(found, name) : 0;

    private static long Tokens(JsonElement usage, string name) => usage.TryGetProperty(name, out var count) ? count.GetInt64() : 0;

    private static bool TryGet(JsonElement value, string name, out JsonElement found) =>
        value.TryGetProperty(name, out found) && found.ValueKind == JsonValueKind.Object;
}

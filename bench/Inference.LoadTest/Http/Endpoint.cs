using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.LoadTest.Apis;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Http;

/// <summary>Where requests go, and in what form.</summary>
/// <param name="Address">The whole address.</param>
/// <param name="Format">The API that is spoken there.</param>
/// <param name="Options">What all requests ask for.</param>
/// <param name="Headers">Names and values that all requests carry.</param>
/// <param name="ExtraBody">Properties that all bodies get, in place of those of the same name; null for none.</param>
internal sealed record Endpoint(
    Uri Address,
    ApiFormat Format,
    GenerationOptions Options,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    JsonObject? ExtraBody = null)
{
    /// <summary>The body of a request, ready to be sent.</summary>
    public ReadOnlyMemory<byte> Body(RequestSpec request)
    {
        if (!Format.HasBody)
            return default;

        var buffer = new ArrayBufferWriter<byte>(512 + 8 * request.InputTokens);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            Format.Write(writer, request, Options);
            writer.WriteEndObject();
        }

        return ExtraBody is null ? buffer.WrittenMemory : Merge(buffer.WrittenSpan, ExtraBody);
    }

    private static byte[] Merge(ReadOnlySpan<byte> body, JsonObject extra)
    {
        var merged = JsonNode.Parse(body)!.AsObject();
        foreach (var (name, value) in extra)
            merged[name] = value?.DeepClone();
        return JsonSerializer.SerializeToUtf8Bytes(merged);
    }
}

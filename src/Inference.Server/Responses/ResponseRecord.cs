using System.Text.Json;
using Inference.Protocol.OpenAi.Responses;

namespace Inference.Server.Responses;

/// <summary>A response as it is stored.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Response">What was answered.</param>
/// <param name="Input">The whole conversation up to the answer, the input of previous responses included.</param>
internal sealed record ResponseRecord(string Owner, ResponseObject Response, IReadOnlyList<JsonElement> Input)
{
    /// <summary>The events of its stream, where they can be asked for again.</summary>
    public byte[]? Events { get; init; }

    /// <summary>Its conversation, the answer included.</summary>
    public IEnumerable<JsonElement> Conversation => Input.Concat(
        Response.Output.Select(item => JsonSerializer.SerializeToElement(item, Protocol.OpenAi.OpenAiJsonContext.Default.ResponseItem)));
}

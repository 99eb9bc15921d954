using System.Text.Json;

namespace Inference.Protocol.OpenAi.Batches;

/// <summary>A line of a batch's input.</summary>
public sealed record BatchLine
{
    /// <summary>Tells the answer's line; unique in the batch.</summary>
    public string? CustomId { get; init; }

    /// <summary>"POST".</summary>
    public string? Method { get; init; }

    /// <summary>The batch's endpoint.</summary>
    public string? Url { get; init; }

    /// <summary>The request.</summary>
    public JsonElement? Body { get; init; }
}

using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A function to call, or a piece of that in a stream.</summary>
/// <param name="Name">Its name; on a call's first piece.</param>
/// <param name="Arguments">JSON as the model wrote it; in a stream, the text to append.</param>
public sealed record ToolCallFunction(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
    string Arguments);

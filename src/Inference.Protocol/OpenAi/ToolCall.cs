using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A tool that the model asks to be called, or a piece of that in a stream. What a piece does not carry is left out.</summary>
/// <param name="Index">Tells the calls of one message apart in a stream; left out of a whole message.</param>
/// <param name="Id">What the tool's answer refers to; on a call's first piece.</param>
/// <param name="Function">What to call.</param>
public sealed record ToolCall(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Index,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    ToolCallFunction Function)
{
    /// <summary>The kind of tool; on a call's first piece.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type => Id is null ? null : "function";
}

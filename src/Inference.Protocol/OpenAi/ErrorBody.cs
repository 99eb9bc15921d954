using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>An error. Its four parameters are always written.</summary>
/// <param name="Message">One line for a person.</param>
/// <param name="Type">The class of error, such as "invalid_request_error".</param>
/// <param name="Param">The request's field at fault, or null.</param>
/// <param name="Code">A name for programs, such as "model_not_found", or null.</param>
public sealed record ErrorBody(string Message, string Type, string? Param, string? Code)
{
    /// <summary>Tokens in a prompt that is too long; left out of other errors.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NPromptTokens { get; init; }

    /// <summary>The most tokens of a request, where a prompt is too long; left out of other errors.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NCtx { get; init; }
}

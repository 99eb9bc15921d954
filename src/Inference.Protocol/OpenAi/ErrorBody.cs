namespace Inference.Protocol.OpenAi;

/// <summary>An error. All four fields are always written.</summary>
/// <param name="Message">One line for a person.</param>
/// <param name="Type">The class of error, such as "invalid_request_error".</param>
/// <param name="Param">The request's field at fault, or null.</param>
/// <param name="Code">A name for programs, such as "model_not_found", or null.</param>
public sealed record ErrorBody(string Message, string Type, string? Param, string? Code);

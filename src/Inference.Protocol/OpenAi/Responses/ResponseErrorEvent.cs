namespace Inference.Protocol.OpenAi.Responses;

/// <summary>The event that tells of a failure, before the one that ends the stream.</summary>
/// <param name="SequenceNumber">One more than the event's before.</param>
/// <param name="Code">A name for programs, or null.</param>
/// <param name="Message">One line for a person.</param>
/// <param name="Param">The request's field at fault, or null.</param>
public sealed record ResponseErrorEvent(int SequenceNumber, string? Code, string Message, string? Param)
{
    /// <summary>The kind of event.</summary>
    public string Type { get; } = "error";
}

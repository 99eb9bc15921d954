using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Streaming;

namespace Inference.Server.Responses;

/// <summary>Numbers and writes a response's events, if it is streamed.</summary>
internal sealed class ResponseEvents
{
    private int _next;

    /// <summary>Where they go; null: nowhere.</summary>
    public SseWriter? Sse { get; set; }

    /// <summary>Takes the number of the event that is sent next.</summary>
    public int NextNumber() => _next++;

    /// <summary>Writes an event.</summary>
    public void Send(ResponseEvent e) => Sse?.Write(e.Type, e, OpenAiEventJsonContext.Default.ResponseEvent);

    /// <summary>Writes the event that tells of a failure.</summary>
    public void SendError(ErrorBody error) =>
        Sse?.Write("error", new ResponseErrorEvent(NextNumber(), error.Code, error.Message, error.Param), OpenAiJsonContext.Default.ResponseErrorEvent);
}

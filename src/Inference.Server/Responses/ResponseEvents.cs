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

    /// <summary>Writes an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="fill">Adds to an event what this one says; not called when there is nobody to tell.</param>
    public void Send(string type, Func<ResponseEvent, ResponseEvent> fill)
    {
        if (Sse is not null)
        {
            Sse.Write(type, fill(new ResponseEvent(type, _next++)), OpenAiJsonContext.Default.ResponseEvent);
        }
    }

    /// <summary>Writes the event that tells of a failure.</summary>
    public void SendError(ErrorBody error) =>
        Sse?.Write("error", new ResponseErrorEvent(_next++, error.Code, error.Message, error.Param), OpenAiJsonContext.Default.ResponseErrorEvent);
}

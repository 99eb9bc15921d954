using Inference.Protocol.OpenAi;

namespace Inference.Server.Streaming;

/// <summary>How a generation is written in one of the APIs.</summary>
internal abstract class ResponseFormat
{
    /// <summary>Writes the events for what a choice has gained.</summary>
    /// <param name="sse">Where to.</param>
    /// <param name="delta">Not empty.</param>
    /// <param name="usage">So far, when every chunk is to carry it.</param>
    public abstract void WriteDelta(SseWriter sse, in ChoiceDelta delta, Usage? usage);

    /// <summary>Writes what ends a stream.</summary>
    public abstract void WriteEnd(SseWriter sse, Usage usage);

    /// <summary>Writes what ends a stream that has begun and cannot go on.</summary>
    public abstract void WriteError(SseWriter sse, ErrorBody error);

    /// <summary>Writes the whole answer as one JSON object.</summary>
    public abstract Task WriteAsync(HttpContext context, IReadOnlyList<ChoiceText> choices, Usage usage);
}

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

    /// <summary>Writes the event without choices that ends a stream with its usage.</summary>
    public abstract void WriteUsage(SseWriter sse, Usage usage);

    /// <summary>Writes the whole answer as one JSON object.</summary>
    public abstract Task WriteAsync(HttpContext context, IReadOnlyList<ChoiceText> choices, Usage usage);
}

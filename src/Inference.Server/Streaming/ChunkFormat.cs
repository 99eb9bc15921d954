using Inference.Protocol.OpenAi;

namespace Inference.Server.Streaming;

/// <summary>What the APIs whose streams are chunks of choices share: a stream ends with the usage, if it was asked for, and [DONE].</summary>
/// <param name="includesUsage">Whether it was.</param>
internal abstract class ChunkFormat(bool includesUsage) : ResponseFormat
{
    /// <inheritdoc/>
    public sealed override void WriteEnd(SseWriter sse, Usage usage)
    {
        if (includesUsage)
        {
            WriteUsage(sse, usage);
        }

        sse.WriteDone();
    }

    /// <inheritdoc/>
    public sealed override void WriteError(SseWriter sse, ErrorBody error)
    {
        sse.Write(new ErrorResponse(error), OpenAiJsonContext.Default.ErrorResponse);
        sse.WriteDone();
    }

    /// <summary>Writes the chunk without choices that carries the usage.</summary>
    protected abstract void WriteUsage(SseWriter sse, Usage usage);
}

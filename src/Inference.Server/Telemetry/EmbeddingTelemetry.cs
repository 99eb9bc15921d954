using System.Diagnostics;

namespace Inference.Server.Telemetry;

/// <summary>Measures and traces requests for embeddings, by OpenTelemetry's conventions for generative AI. Never sees text.</summary>
internal sealed class EmbeddingTelemetry(GenAiMetrics metrics, TimeProvider time) : IDisposable
{
    private const string Operation = "embeddings";

    private readonly ActivitySource _source = new(GenerationTelemetry.SourceName);

    /// <summary>A request has passed its checks.</summary>
    /// <returns>To be disposed of when the vectors are there, or will not be.</returns>
    public EmbeddingTrace Begin(string model, int tokens) =>
        new(this, model, tokens, time.GetTimestamp(), _source.StartActivity($"{Operation} {model}", ActivityKind.Internal));

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <summary>A request has ended.</summary>
    public void End(EmbeddingTrace trace, Activity? activity)
    {
        metrics.Finished(new GenerationRecord(Operation, trace.Model, time.GetElapsedTime(trace.Start), trace.Tokens, 0, null, trace.Error));
        if (activity is null)
        {
            return;
        }

        activity.SetTag("gen_ai.operation.name", Operation)
            .SetTag("gen_ai.provider.name", GenerationRecord.Provider)
            .SetTag("gen_ai.request.model", trace.Model)
            .SetTag("gen_ai.usage.input_tokens", trace.Tokens);
        if (trace.Error is not null)
        {
            activity.SetTag("error.type", trace.Error).SetStatus(ActivityStatusCode.Error);
        }

        activity.Dispose();
    }
}

using System.Diagnostics;

namespace Inference.Server.Telemetry;

/// <summary>One request for embeddings, from its checks to its end.</summary>
internal sealed class EmbeddingTrace(EmbeddingTelemetry telemetry, string model, int tokens, long start, Activity? activity) : IDisposable
{
    /// <summary>The model's name.</summary>
    public string Model => model;

    /// <summary>Tokens of all texts.</summary>
    public int Tokens => tokens;

    /// <summary>When it began, as a timestamp.</summary>
    public long Start => start;

    /// <summary>The code of the error that ended it; null for none.</summary>
    public string? Error { get; set; }

    /// <inheritdoc/>
    public void Dispose() => telemetry.End(this, activity);
}

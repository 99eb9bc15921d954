using System.Diagnostics;
using Inference.Server.Streaming;
using Inference.Server.Validation;

namespace Inference.Server.Telemetry;

/// <summary>One request, from its checks to its answer's end.</summary>
internal sealed class GenerationTrace(GenerationTelemetry telemetry, Generation generation, long start, Activity? activity) : IDisposable
{
    /// <summary>The request.</summary>
    public Generation Generation => generation;

    /// <summary>When it began, as a timestamp.</summary>
    public long Start => start;

    /// <summary>The running choices; null if they were refused.</summary>
    public ChoiceSet? Choices { get; set; }

    /// <summary>The code of the error that ended it; null for none.</summary>
    public string? Error { get; set; }

    /// <inheritdoc/>
    public void Dispose() => telemetry.End(this, activity);
}

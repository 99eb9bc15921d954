using System.Diagnostics.Metrics;
using Inference.Execution.Embeddings;
using Inference.Server.Admission;
using Inference.Server.Embeddings;
using Inference.Server.Options;
using Inference.Server.Telemetry;
using Inference.Server.Validation;

namespace Inference.Server.Serving;

/// <summary>Puts together what belongs to one embedding model. What all models share comes from outside.</summary>
internal sealed class EmbedderFactory(RateLimits limits, EmbeddingTelemetry telemetry, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>An embedding model whose engine is not started yet.</summary>
    /// <param name="loaded">The caller's until it is disposed of with the result.</param>
    public ServedEmbedder Create(LoadedEmbedder loaded)
    {
        var (model, options) = (loaded.Model, loaded.Options);
        var engine = new EmbeddingEngine(
            loaded.Executor,
            EngineOptionsOf(options),
            new EmbeddingMetrics(meters, model.Names[0], time),
            loaded.Turns,
            time,
            loggers.CreateLogger<EmbeddingEngine>());
        var encoder = new PromptEncoder(model.Tokenizer, model.MaxLength, model.Tokenizer.VocabularySize);
        return new ServedEmbedder
        {
            Model = model,
            Options = options,
            Engine = engine,
            Executor = loaded.Executor,
            Encoder = encoder,
            Texts = new EmbeddingEncoder(model, encoder),
            Runner = new EmbeddingRunner(engine, model, limits, telemetry, options, time),
        };
    }

    private static EmbeddingEngineOptions EngineOptionsOf(ServerOptions options) => new()
    {
        MaxRunning = options.MaxNumSeqs,
        MaxQueueLength = options.MaxQueueLength,
        MaxQueuedTokens = options.MaxQueuedTokens ?? long.MaxValue,
    };
}

using System.Diagnostics.Metrics;
using Inference.Engine;
using Inference.Engine.Scheduling;
using Inference.Server.Admission;
using Inference.Server.Endpoints;
using Inference.Server.Options;
using Inference.Server.Streaming;
using Inference.Server.Telemetry;
using Inference.Server.Validation;

namespace Inference.Server.Serving;

/// <summary>Puts together what belongs to one decoder. What all of them share comes from outside.</summary>
internal sealed class DecoderFactory(RateLimits limits, GenerationTelemetry telemetry, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>A decoder whose engine is not started yet.</summary>
    /// <param name="loaded">The caller's until it is disposed of with the decoder.</param>
    public ServedDecoder Create(LoadedModel loaded)
    {
        var (model, options) = (loaded.Model.WithinCache(), loaded.Options);
        var engine = CreateEngine(loaded, model.Names[0]);
        var encoder = new PromptEncoder(model.Tokenizer, model.Limits.MaxModelLength, model.Limits.VocabularySize, model.FillInMiddle);
        var renderer = new ChatPromptRenderer(model, time);
        var builder = new GenerationBuilder(model, loaded.Adapters, options, time);
        var submitter = new GenerationSubmitter(engine, model, limits);
        return new ServedDecoder
        {
            Model = model,
            Options = options,
            Engine = engine,
            Executor = loaded.Executor,
            Adapters = loaded.Adapters,
            Encoder = encoder,
            Renderer = renderer,
            Completions = new CompletionValidator(builder, encoder, model),
            Chats = new ChatCompletionValidator(builder, renderer, encoder, model),
            Constraints = new ConstraintCompilation(model, time),
            Submitter = submitter,
            Responder = new GenerationResponder(submitter, telemetry, options, time, loggers.CreateLogger<GenerationResponder>()),
        };
    }

    private InferenceEngine CreateEngine(LoadedModel loaded, string name) => new(
        loaded.Executor,
        SchedulerOptionsOf(loaded.Options, name),
        new EngineMetrics(meters, name, time),
        time,
        loggers.CreateLogger<InferenceEngine>());

    private static SchedulerOptions SchedulerOptionsOf(ServerOptions options, string name) => new()
    {
        CacheIdentity = name,
        MaxNumSeqs = options.MaxNumSeqs,
        MaxNumBatchedTokens = options.MaxNumBatchedTokens,
        MaxQueueLength = options.MaxQueueLength,
        MaxQueuedTokens = options.MaxQueuedTokens ?? long.MaxValue,
        Policy = options.SchedulingPolicy,
        PriorityAgeing = options.PriorityAgeing,
        Conservativeness = options.ScheduleConservativeness,
        Batching = options.Batching,
        Allocation = options.Allocation,
        Prefill = options.Prefill,
        BatchSize = options.BatchSize,
        MaxBatchDelay = options.MaxBatchDelay,
        JournalLength = options.EnableDebugEndpoints ? DebugEndpoints.JournalLength : 0,
        EnablePrefixCaching = options.EnablePrefixCaching,
        Speculation = options.Speculation,
    };
}

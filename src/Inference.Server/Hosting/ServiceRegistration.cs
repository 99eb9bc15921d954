using System.Diagnostics.Metrics;
using Inference.Engine;
using Inference.Engine.Execution;
using Inference.Engine.Scheduling;
using Inference.Server.Admission;
using Inference.Server.Endpoints;
using Inference.Server.Metrics;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Server.Streaming;
using Inference.Server.Telemetry;
using Inference.Server.Validation;

namespace Inference.Server.Hosting;

/// <summary>One method for each subsystem.</summary>
internal static class ServiceRegistration
{
    /// <summary>The model and the options it is served with.</summary>
    public static IServiceCollection AddModel(this IServiceCollection services, ServerOptions options, LoadedModel loaded) => services
        .AddSingleton(options)
        .AddSingleton(loaded.Model.WithinCache())
        .AddSingleton(TimeProvider.System)

        // By a factory, so that the container disposes of it: after the engine, which is created later.
        .AddSingleton(_ => loaded.Executor);

    /// <summary>The engine and what ties it to the host's life.</summary>
    public static IServiceCollection AddEngine(this IServiceCollection services, ServerOptions options) => services
        .AddSingleton(provider => new SchedulerOptions
        {
            CacheIdentity = provider.GetRequiredService<ServedModel>().Names[0],
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
        })
        .AddSingleton(provider => new EngineMetrics(
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ServedModel>().Names[0],
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new InferenceEngine(
            provider.GetRequiredService<IModelExecutor>(),
            provider.GetRequiredService<SchedulerOptions>(),
            provider.GetRequiredService<EngineMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<InferenceEngine>>()))
        .AddSingleton<EngineService>()
        .AddHostedService(provider => provider.GetRequiredService<EngineService>());

    /// <summary>From request bodies to what the engine runs.</summary>
    public static IServiceCollection AddValidation(this IServiceCollection services) => services
        .AddSingleton<PromptEncoder>()
        .AddSingleton<ChatPromptRenderer>()
        .AddSingleton<GenerationBuilder>()
        .AddSingleton<ConstraintCompilation>()
        .AddSingleton<CompletionValidator>()
        .AddSingleton<ChatCompletionValidator>();

    /// <summary>The addresses, and what writes their answers.</summary>
    public static IServiceCollection AddEndpoints(this IServiceCollection services) => services
        .AddSingleton<ApiKeyStore>()
        .AddSingleton<RateLimits>()
        .AddSingleton<GenerationSubmitter>()
        .AddSingleton<GenerationResponder>()
        .AddSingleton<CompletionEndpoint>()
        .AddSingleton<ChatCompletionEndpoint>()
        .AddSingleton<ModelsEndpoint>()
        .AddSingleton<TokenizerEndpoints>()
        .AddSingleton<OperationsEndpoints>()
        .AddSingleton<DebugEndpoints>();

    /// <summary>The HTTP side's instruments, and the exporter of all of ours.</summary>
    public static IServiceCollection AddServerMetrics(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton<HttpMetrics>()
        .AddSingleton(provider =>
        {
            // This host's meters only: a process may hold several hosts (tests do).
            var meters = provider.GetRequiredService<IMeterFactory>();
            return new PrometheusExporter(meter =>
                ReferenceEquals(meter.Scope, meters) && meter.Name is EngineMetrics.MeterName or HttpMetrics.MeterName or GenAiMetrics.MeterName);
        });

    /// <summary>What is measured and traced of requests, and where that is sent.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<GenAiMetrics>().AddSingleton<GenerationTelemetry>();
        return options.OtlpEndpoint is null ? services : services.AddHostedService<OtlpExport>();
    }

    /// <summary>Which pages of other origins may call the server from a browser.</summary>
    public static IServiceCollection AddOrigins(this IServiceCollection services, ServerOptions options) =>
        options.AllowedOrigins.IsEmpty ? services : services.AddCors(cors => cors.AddDefaultPolicy(policy =>
        {
            var origins = options.AllowedOrigins.Contains("*") ? policy.AllowAnyOrigin() : policy.WithOrigins([.. options.AllowedOrigins]);
            origins.AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("X-Request-Id", "Retry-After");
        }));
}

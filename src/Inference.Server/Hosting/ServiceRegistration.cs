using System.Diagnostics.Metrics;
using Inference.Engine;
using Inference.Server.Admission;
using Inference.Server.Batches;
using Inference.Server.Endpoints;
using Inference.Server.Files;
using Inference.Server.Metrics;
using Inference.Server.Options;
using Inference.Server.Pages;
using Inference.Server.Responses;
using Inference.Server.Serving;
using Inference.Server.Serving.Lora;
using Inference.Server.Storage;
using Inference.Server.Telemetry;

namespace Inference.Server.Hosting;

/// <summary>One method for each subsystem.</summary>
internal static class ServiceRegistration
{
    /// <summary>The models, and what ties their engines to the host's life.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services, ServerOptions options, LoadedModels models, TimeProvider time) => services
        .AddSingleton(options)
        .AddSingleton(time)
        .AddSingleton<RateLimits>()
        .AddSingleton<DecoderFactory>()
        .AddSingleton<EmbedderFactory>()
        .AddSingleton(provider =>
        {
            var (decoders, embedders) = (provider.GetRequiredService<DecoderFactory>(), provider.GetRequiredService<EmbedderFactory>());
            return new ModelRegistry([.. models.Decoders.Select(decoders.Create)], [.. models.Embedders.Select(embedders.Create)]);
        })
        .AddSingleton<AdapterDesk>()
        .AddSingleton<EngineService>()
        .AddHostedService(provider => provider.GetRequiredService<EngineService>());

    /// <summary>The addresses.</summary>
    public static IServiceCollection AddEndpoints(this IServiceCollection services) => services
        .AddSingleton<ApiKeyStore>()
        .AddSingleton<CompletionEndpoint>()
        .AddSingleton<ChatCompletionEndpoint>()
        .AddSingleton<EmbeddingEndpoint>()
        .AddSingleton<ScoreEndpoints>()
        .AddSingleton<ResponsesEndpoints>()
        .AddSingleton<FileEndpoints>()
        .AddSingleton<BatchEndpoints>()
        .AddSingleton<ModelsEndpoint>()
        .AddSingleton<LoraEndpoints>()
        .AddSingleton<TokenizerEndpoints>()
        .AddSingleton<OperationsEndpoints>()
        .AddSingleton<PageEndpoints>()
        .AddSingleton<DebugEndpoints>();

    /// <summary>What outlives a request, and where it is kept.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services) => services
        .AddSingleton(provider => DataFolder.Open(provider.GetRequiredService<ServerOptions>(), provider.GetRequiredService<ILogger<DataFolder>>()))
        .AddSingleton<Database>()
        .AddSingleton<ResponseStore>()
        .AddSingleton<ResponsePreparer>()
        .AddSingleton<BackgroundResponses>()
        .AddSingleton<FileStore>()
        .AddSingleton<BatchStore>()
        .AddSingleton<BatchRequests>()
        .AddSingleton<BatchGate>()
        .AddSingleton<BatchTools>()
        .AddSingleton<BatchService>()
        .AddHostedService(provider => provider.GetRequiredService<BatchService>())
        .AddHostedService<StorageSweeper>();

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
        services.AddSingleton<GenAiMetrics>().AddSingleton<GenerationTelemetry>().AddSingleton<EmbeddingTelemetry>();
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

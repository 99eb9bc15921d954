using System.Reflection;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Hosting;
using Inference.Server.Metrics;

namespace Inference.Server.Endpoints;

/// <summary>What operators and probes ask: GET /health, /ready, /load, /version and /metrics.</summary>
internal sealed class OperationsEndpoints(EngineService engine, PrometheusExporter exporter, HttpMetrics http)
{
    /// <summary>The server's version, without the commit that the build appends.</summary>
    public static string Version { get; } = typeof(OperationsEndpoints).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>200 while all is well, 503 once the server is about to stop, and when an engine has failed, which only a new start mends.</summary>
    public Task HealthAsync(HttpContext context) => engine switch
    {
        { IsStopping: true } => throw ApiErrors.ShuttingDown(),
        { Failed: { } model } => throw ApiErrors.EngineFailed(model),
        _ => Task.CompletedTask,
    };

    /// <summary>200 while it is of use to send requests to any model: 503 also when every queue is full.</summary>
    public Task ReadyAsync(HttpContext context) => engine switch
    {
        { IsStopping: true } => throw ApiErrors.ShuttingDown(),
        { HaveAllFailed: true, Failed: { } model } => throw ApiErrors.EngineFailed(model),
        { IsFull: true } => throw ApiErrors.NotReady(),
        _ => Task.CompletedTask,
    };

    /// <summary>Requests that are being answered, this one left out.</summary>
    public Task LoadAsync(HttpContext context) =>
        JsonResponse.WriteAsync(context, new LoadResponse(http.InFlight - 1), OpenAiJsonContext.Default.LoadResponse);

    /// <summary>The version.</summary>
    public static Task VersionAsync(HttpContext context) =>
        JsonResponse.WriteAsync(context, new VersionResponse(Version), OpenAiJsonContext.Default.VersionResponse);

    /// <summary>All metrics.</summary>
    public Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(exporter.Scrape(), context.RequestAborted);
    }
}

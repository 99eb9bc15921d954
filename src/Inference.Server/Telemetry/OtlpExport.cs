using System.Diagnostics.Metrics;
using Inference.Engine;
using Inference.Server.Metrics;
using Inference.Server.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Inference.Server.Telemetry;

/// <summary>Sends traces and metrics to a collector, in OpenTelemetry's protocol over HTTP. Exists only where a collector is named.</summary>
internal sealed class OtlpExport : IHostedService, IDisposable
{
    private readonly Uri _endpoint;
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    /// <summary>For a server with the option.</summary>
    public OtlpExport(ServerOptions options) => _endpoint = options.OtlpEndpoint ?? throw new InvalidOperationException("No collector is named.");

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("inference", serviceVersion: Endpoints.OperationsEndpoints.Version);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", GenerationTelemetry.SourceName)
            .AddOtlpExporter(exporter => Configure(exporter, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(EngineMetrics.MeterName, HttpMetrics.MeterName, GenAiMetrics.MeterName)
            .AddView(WithoutColon)
            .AddOtlpExporter(exporter => Configure(exporter, "v1/metrics"))
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>Sends what is left.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        (_traces, _metrics) = (null, null);
    }

    // OpenTelemetry knows no colon in a name, and would leave the instrument out: vllm:name is sent as vllm.name.
    private static MetricStreamConfiguration? WithoutColon(Instrument instrument) =>
        instrument.Name.Contains(':') ? new MetricStreamConfiguration { Name = instrument.Name.Replace(':', '.') } : null;

    private void Configure(OtlpExporterOptions exporter, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(_endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Inference.Engine;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inference.Execution.Tests.Models;

/// <summary>An engine over an executor, and what its counters have counted.</summary>
internal sealed class CountingEngine : IAsyncDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = [];
    private readonly InferenceEngine _engine;

    public CountingEngine(IModelExecutor executor, SchedulerOptions options)
    {
        var metrics = new EngineMetrics(_meters, "test", TimeProvider.System);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is Counter<long> && instrument.Meter.Scope == _meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => _counts.AddOrUpdate(instrument.Name, value, (_, count) => count + value));
        _listener.Start();
        _engine = new InferenceEngine(executor, options, metrics, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        _engine.Start();
    }

    /// <summary>A counter's sum.</summary>
    public long Count(string instrument) => _counts.GetValueOrDefault(instrument);

    public RequestStream Submit(InferenceRequest request)
    {
        Assert.Equal(SubmitOutcome.Accepted, _engine.TrySubmit(request, out var stream));
        return stream!;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _listener.Dispose();
        _meters.Dispose();
    }
}

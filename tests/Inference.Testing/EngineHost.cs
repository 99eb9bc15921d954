using Inference.Engine;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Inference.Testing;

/// <summary>An engine on a <see cref="ScriptedExecutor"/> and a fake clock, with counted seeds.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    private readonly TestMeterFactory _meters = new();
    private ulong _lastSeed;

    /// <param name="executor">Null: the default one.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="start">Whether to start the loop.</param>
    public EngineHost(ScriptedExecutor? executor = null, SchedulerOptions? options = null, bool start = true)
    {
        Executor = executor ?? new ScriptedExecutor();
        Metrics = new EngineMetrics(_meters, "test-model", Time);
        Engine = new InferenceEngine(
            Executor,
            options ?? new SchedulerOptions(),
            Metrics,
            Time,
            NullLogger<InferenceEngine>.Instance,
            () => Interlocked.Increment(ref _lastSeed));
        if (start)
            Engine.Start();
    }

    /// <summary>The model.</summary>
    public ScriptedExecutor Executor { get; }

    /// <summary>The clock: stands still unless advanced.</summary>
    public FakeTimeProvider Time { get; } = new();

    /// <summary>The engine's metrics.</summary>
    public EngineMetrics Metrics { get; }

    /// <summary>The scope of this engine's meter.</summary>
    public object MeterScope => _meters;

    /// <summary>The engine.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>Submits a request that must be accepted.</summary>
    public RequestStream Submit(InferenceRequest request)
    {
        var outcome = Engine.TrySubmit(request, out var stream);
        return stream ?? throw new InvalidOperationException($"The request was not accepted: {outcome}.");
    }

    /// <summary>Submits a request and reads its events to their end.</summary>
    public Task<CollectedResponse> RunAsync(InferenceRequest request, CancellationToken cancellationToken) =>
        CollectedResponse.ReadAsync(Submit(request), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Executor.DisposeAsync();
        _meters.Dispose();
    }
}

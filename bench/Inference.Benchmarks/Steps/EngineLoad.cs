using Inference.Engine;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inference.Benchmarks.Steps;

/// <summary>
/// Requests that all arrive at once at an idle engine and always generate as much as they ask for: greedy, no stop tokens.
/// </summary>
/// <param name="Requests">How many.</param>
/// <param name="PromptLength">Tokens in.</param>
/// <param name="OutputLength">Tokens out.</param>
internal sealed record EngineLoad(int Requests, int PromptLength, int OutputLength)
{
    public string Name => $"{PromptLength} in / {OutputLength} out, {Requests} concurrent";

    public int GeneratedTokens => Requests * OutputLength;

    /// <summary>Runs a new engine until all requests have ended.</summary>
    public async Task RunAsync(IModelExecutor executor)
    {
        using var meters = new TestMeterFactory();
        var metrics = new EngineMetrics(meters, "benchmark", TimeProvider.System);
        await using var engine = new InferenceEngine(
            executor, new SchedulerOptions(), metrics, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
        engine.Start();
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(request => GenerateAsync(engine, request)));
    }

    private async Task GenerateAsync(InferenceEngine engine, int seed)
    {
        var outcome = engine.TrySubmit(TestRequest.Greedy(PromptLength, OutputLength, seed), out var stream);
        if (stream is null)
            throw new InvalidOperationException($"A request was not accepted: {outcome}.");

        await foreach (var tokenEvent in stream.Events.ReadAllAsync())
        {
            if (tokenEvent.Outcome is { Reason: not FinishReason.Length } end)
                throw new InvalidOperationException($"A request ended with {end.Reason}: {end.Error}");
        }
    }
}

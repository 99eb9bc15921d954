using System.Diagnostics;
using Inference.Server.Streaming;
using Inference.Server.Validation;

namespace Inference.Server.Telemetry;

/// <summary>Measures and traces generations, by OpenTelemetry's conventions for generative AI. Never sees text.</summary>
internal sealed class GenerationTelemetry(GenAiMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>The name of the source of the spans.</summary>
    public const string SourceName = "Inference.Server";

    private readonly ActivitySource _source = new(SourceName);

    /// <summary>A request has passed its checks.</summary>
    /// <returns>To be disposed of when the answer has ended.</returns>
    public GenerationTrace Begin(Generation generation) =>
        new(this, generation, time.GetTimestamp(), _source.StartActivity($"{generation.Operation} {generation.Model}", ActivityKind.Internal));

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <summary>A request has ended.</summary>
    public void End(GenerationTrace trace, Activity? activity)
    {
        var generation = trace.Generation;
        var phases = trace.Choices is { } choices ? PhasesOf(choices) : null;
        var record = new GenerationRecord(
            generation.Operation,
            generation.Model,
            time.GetElapsedTime(trace.Start),
            generation.PromptTokens,
            trace.Choices?.CompletionTokens ?? 0,
            phases,
            trace.Error);
        metrics.Finished(record);
        if (activity is not null)
        {
            Describe(activity, generation, record);
            AddPhases(activity, phases);
            activity.Dispose();
        }
    }

    private GenerationPhases? PhasesOf(ChoiceSet choices) =>
        choices.FirstTimings is { } timings ? GenerationPhases.Of(timings, choices.FirstCompletionTokens, time) : null;

    private static void Describe(Activity activity, Generation generation, in GenerationRecord record)
    {
        var sampling = generation.Choices[0].Sampling;
        activity.SetTag("gen_ai.operation.name", record.Operation)
            .SetTag("gen_ai.provider.name", GenerationRecord.Provider)
            .SetTag("gen_ai.request.model", record.Model)
            .SetTag("gen_ai.response.model", record.Model)
            .SetTag("gen_ai.response.id", generation.Id)
            .SetTag("gen_ai.request.max_tokens", generation.Choices[0].MaxTokens)
            .SetTag("gen_ai.request.temperature", sampling.Temperature)
            .SetTag("gen_ai.request.top_p", sampling.TopP)
            .SetTag("gen_ai.request.choice.count", generation.AnsweredPerPrompt)
            .SetTag("gen_ai.usage.input_tokens", record.PromptTokens)
            .SetTag("gen_ai.usage.output_tokens", record.CompletionTokens);
        if (record.Error is not null)
        {
            activity.SetTag("error.type", record.Error).SetStatus(ActivityStatusCode.Error);
        }
    }

    private void AddPhases(Activity parent, GenerationPhases? phases)
    {
        if (phases is null)
        {
            return;
        }

        var start = phases.Arrival;
        foreach (var (name, duration) in new[] { ("queue", phases.Queue), ("prefill", phases.Prefill), ("decode", phases.Decode) })
        {
            if (duration is not { } length)
            {
                return;
            }

            using var span = _source.StartActivity(name, ActivityKind.Internal, parent.Context, startTime: start);
            start += length;
            span?.SetEndTime(start.UtcDateTime);
        }
    }
}

using System.Diagnostics.Metrics;
using Inference.Engine;
using Inference.Engine.Requests;

namespace Inference.Execution.Embeddings;

/// <summary>What an embedding engine reports: those of vLLM's names that have a meaning without generated tokens, in the engines' meter.</summary>
public sealed class EmbeddingMetrics
{
    private static readonly double[] RequestBuckets = [.001, .005, .01, .05, .1, .3, .5, 1, 2.5, 5, 10, 30, 60, 120, 480];

    private readonly TimeProvider _time;
    private readonly Counter<long> _promptTokens;
    private readonly Counter<long> _requestSuccess;
    private readonly Histogram<double> _endToEndLatency;
    private readonly Histogram<double> _queueTime;
    private volatile EngineStatus _status = new(0, 0, 0, 0);

    /// <param name="meterFactory">Makes the meter.</param>
    /// <param name="modelName">The label <c>model_name</c>.</param>
    /// <param name="time">Whose timestamps the engine takes.</param>
    public EmbeddingMetrics(IMeterFactory meterFactory, string modelName, TimeProvider time)
    {
        _time = time;
        var meter = meterFactory.Create(new MeterOptions(EngineMetrics.MeterName) { Tags = [new("model_name", modelName), new("engine", "0")] });
        meter.CreateObservableGauge("vllm:num_requests_running", () => _status.Running, null, "Requests that take part in steps.");
        meter.CreateObservableGauge("vllm:num_requests_waiting", () => _status.Waiting, null, "Requests that wait to be scheduled.");
        _promptTokens = meter.CreateCounter<long>("vllm:prompt_tokens", null, "Prompt tokens processed.");
        _requestSuccess = meter.CreateCounter<long>("vllm:request_success", null, "Requests that ended, by finished_reason.");
        _endToEndLatency = Seconds("vllm:e2e_request_latency_seconds", "Arrival to end of a request.");
        _queueTime = Seconds("vllm:request_queue_time_seconds", "Arrival to first scheduling.");

        Histogram<double> Seconds(string name, string description) =>
            meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = RequestBuckets });
    }

    internal void StatusChanged(EngineStatus status) => _status = status;

    internal void Started(EmbeddingJob job) => _queueTime.Record(_time.GetElapsedTime(job.Arrival).TotalSeconds);

    internal void TextDone(int tokens) => _promptTokens.Add(tokens);

    internal void Finished(EmbeddingJob job, FinishReason reason)
    {
        _endToEndLatency.Record(_time.GetElapsedTime(job.Arrival).TotalSeconds);
        _requestSuccess.Add(1, new KeyValuePair<string, object?>("finished_reason", reason switch
        {
            FinishReason.Stop => "stop",
            FinishReason.Cancelled => "abort",
            _ => "error",
        }));
    }
}

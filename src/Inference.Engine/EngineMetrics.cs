using System.Diagnostics.Metrics;
using System.Globalization;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;

namespace Inference.Engine;

/// <summary>
/// What the engine reports, under vLLM's names; the only place that knows them. The labels <c>model_name</c> and <c>engine</c> are tags of
/// the meter, for they never vary. Prometheus adds <c>_total</c> to the counters' names. Histogram boundaries are given as instrument
/// advice.
/// </summary>
public sealed class EngineMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Inference.Engine";

    private static readonly double[] FirstTokenBuckets =
        [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560];

    private static readonly double[] TokenBuckets =
        [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];

    private static readonly double[] RequestBuckets =
        [.3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680];

    private static readonly int[] LengthBuckets =
        [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000];

    private static readonly int[] StepBuckets = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];

    private static readonly double[] StepTimeBuckets = [.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5];

    private static readonly int[] PreemptionBuckets = [1, 2, 3, 4, 5, 10, 20];

    private static readonly KeyValuePair<string, object?>[] Positions =
        [.. Enumerable.Range(0, SpeculationOptions.MostTokens).Select(static position => new KeyValuePair<string, object?>("position", position))];

    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly Counter<long> _promptTokens;
    private readonly Counter<long> _generationTokens;
    private readonly Counter<long> _prefixCacheQueries;
    private readonly Counter<long> _prefixCacheHits;
    private readonly Counter<long> _preemptions;
    private readonly Counter<long> _drafts;
    private readonly Counter<long> _draftTokens;
    private readonly Counter<long> _acceptedTokens;
    private readonly Counter<long> _acceptedTokensPerPosition;
    private readonly Counter<long> _requestSuccess;
    private readonly Counter<long> _admissionRejections;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _interTokenLatency;
    private readonly Histogram<double> _timePerOutputToken;
    private readonly Histogram<double> _endToEndLatency;
    private readonly Histogram<double> _queueTime;
    private readonly Histogram<double> _inferenceTime;
    private readonly Histogram<double> _prefillTime;
    private readonly Histogram<double> _decodeTime;
    private readonly Histogram<int> _requestPromptTokens;
    private readonly Histogram<int> _requestGenerationTokens;
    private readonly Histogram<int> _requestMaxTokens;
    private readonly Histogram<int> _requestPreemptions;
    private readonly Histogram<int> _iterationTokens;
    private readonly Histogram<double> _stepTime;
    private volatile EngineStatus _status = new(0, 0, 0, 0);

    /// <param name="meterFactory">Makes the meter.</param>
    /// <param name="modelName">The label <c>model_name</c>.</param>
    /// <param name="time">Whose timestamps the engine takes.</param>
    public EngineMetrics(IMeterFactory meterFactory, string modelName, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _time = time;
        var meter = _meter = meterFactory.Create(new MeterOptions(MeterName) { Tags = [new("model_name", modelName), new("engine", "0")] });

        meter.CreateObservableGauge("vllm:num_requests_running", () => _status.Running, null, "Requests that take part in steps.");
        meter.CreateObservableGauge("vllm:num_requests_waiting", () => _status.Waiting, null, "Requests that wait to be scheduled.");
        meter.CreateObservableGauge("vllm:num_requests_waiting_by_reason", WaitingByReason, null, "Requests that wait: for room, or preempted.");
        meter.CreateObservableGauge("vllm:kv_cache_usage_perc", KvCacheUsage, null, "KV cache usage; 1 means that every block is used.");

        _promptTokens = meter.CreateCounter<long>("vllm:prompt_tokens", null, "Prompt tokens processed.");
        _generationTokens = meter.CreateCounter<long>("vllm:generation_tokens", null, "Tokens generated.");
        _prefixCacheQueries = meter.CreateCounter<long>("vllm:prefix_cache_queries", null, "Prompt tokens looked up in the prefix cache.");
        _prefixCacheHits = meter.CreateCounter<long>("vllm:prefix_cache_hits", null, "Prompt tokens found in the prefix cache.");
        _preemptions = meter.CreateCounter<long>("vllm:num_preemptions", null, "Times that a running request gave its cache blocks up.");
        _drafts = meter.CreateCounter<long>("vllm:spec_decode_num_drafts", null, "Times that tokens were proposed for a request.");
        _draftTokens = meter.CreateCounter<long>("vllm:spec_decode_num_draft_tokens", null, "Tokens proposed.");
        _acceptedTokens = meter.CreateCounter<long>("vllm:spec_decode_num_accepted_tokens", null, "Proposed tokens that were accepted.");
        _acceptedTokensPerPosition = meter.CreateCounter<long>(
            "vllm:spec_decode_num_accepted_tokens_per_pos", null, "Proposed tokens that were accepted, by their place in the proposal.");
        _requestSuccess = meter.CreateCounter<long>("vllm:request_success", null, "Requests that ended, by finished_reason.");
        _admissionRejections = meter.CreateCounter<long>("vllm:admission_rejections", null, "Requests that were not taken, by reason.");

        _timeToFirstToken = Seconds("vllm:time_to_first_token_seconds", "Arrival to first token.", FirstTokenBuckets);
        _interTokenLatency = Seconds("vllm:inter_token_latency_seconds", "One token to the next.", TokenBuckets);
        _timePerOutputToken = Seconds("vllm:request_time_per_output_token_seconds", "Mean time per token after the first.", TokenBuckets);
        _endToEndLatency = Seconds("vllm:e2e_request_latency_seconds", "Arrival to end of a request.", RequestBuckets);
        _queueTime = Seconds("vllm:request_queue_time_seconds", "Arrival to first scheduling.", RequestBuckets);
        _inferenceTime = Seconds("vllm:request_inference_time_seconds", "First scheduling to last token.", RequestBuckets);
        _prefillTime = Seconds("vllm:request_prefill_time_seconds", "First scheduling to first token.", RequestBuckets);
        _decodeTime = Seconds("vllm:request_decode_time_seconds", "First token to last token.", RequestBuckets);

        _requestPromptTokens = Counts("vllm:request_prompt_tokens", "Prompt tokens of a request.", LengthBuckets);
        _requestGenerationTokens = Counts("vllm:request_generation_tokens", "Tokens generated for a request.", LengthBuckets);
        _requestMaxTokens = Counts("vllm:request_params_max_tokens", "The max_tokens of a request.", LengthBuckets);
        _requestPreemptions = Counts("vllm:request_num_preemptions", "Times that a request was preempted.", PreemptionBuckets);
        _stepTime = Seconds("vllm:iteration_seconds", "Execution and sampling of one step.", StepTimeBuckets);
        _iterationTokens = Counts("vllm:iteration_tokens_total", "Tokens computed in one step.", StepBuckets);

        Histogram<double> Seconds(string name, string description, double[] buckets) =>
            meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

        Histogram<int> Counts(string name, string description, int[] buckets) =>
            meter.CreateHistogram(name, null, description, null, new InstrumentAdvice<int> { HistogramBucketBoundaries = buckets });
    }

    /// <summary>Tells what the KV cache is like: a constant 1, with all there is to say as labels.</summary>
    internal void DescribeCache(ModelLimits limits, SchedulerOptions options)
    {
        var tokens = (long)limits.BlockCount * limits.BlockSize;
        var description = new Measurement<int>(
            1,
            new("block_size", Text(limits.BlockSize)),
            new("num_gpu_blocks", Text(limits.BlockCount)),
            new("enable_prefix_caching", options.EnablePrefixCaching ? "True" : "False"),
            new("kv_cache_size_tokens", Text(tokens)),
            new("kv_cache_max_concurrency", Text(Math.Round((double)tokens / SchedulingPolicy.MaxSequenceLength(limits), 2))));
        _meter.CreateObservableGauge("vllm:cache_config_info", () => description, null, "What the KV cache is like.");

        static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
    }

    internal void StatusChanged(EngineStatus status) => _status = status;

    /// <summary>A request was refused before it was accepted.</summary>
    internal void AdmissionRejected(SubmitOutcome outcome) =>
        AdmissionRejected(outcome == SubmitOutcome.QueueFull ? "queue_full" : "draining");

    /// <summary>A request was refused because it can never run.</summary>
    internal void NeverFits() => AdmissionRejected("never_fits");

    internal void Preempted() => _preemptions.Add(1);

    /// <summary>So many tokens were proposed for a sequence, and so many of them accepted.</summary>
    internal void DraftVerified(int proposed, int accepted)
    {
        _drafts.Add(1);
        _draftTokens.Add(proposed);
        _acceptedTokens.Add(accepted);
        for (var position = 0; position < accepted; position++)
            _acceptedTokensPerPosition.Add(1, Positions[position]);
    }

    /// <summary>A request joins for the first time, with so many tokens of its prompt in the cache.</summary>
    internal void FirstScheduled(int promptTokens, int cachedTokens)
    {
        _prefixCacheQueries.Add(promptTokens);
        _prefixCacheHits.Add(cachedTokens);
    }

    internal void StepApplied(int tokenCount) => _iterationTokens.Record(tokenCount);

    /// <summary>A step was executed and its tokens sampled, in so many seconds.</summary>
    internal void StepExecuted(double seconds) => _stepTime.Record(seconds);

    /// <summary>Called before the sequence's own timings take note of the token.</summary>
    internal void TokenGenerated(Sequence sequence, long now, int beams = 1)
    {
        _generationTokens.Add(beams);
        if (sequence.Timings.LastToken is { } last)
        {
            _interTokenLatency.Record(Elapsed(last, now));
            return;
        }

        _promptTokens.Add(sequence.PromptLength);
        _timeToFirstToken.Record(Elapsed(sequence.Timings.Arrival, now));
    }

    internal void RequestFinished(Sequence sequence, FinishReason reason, long now)
    {
        _requestSuccess.Add(1, new KeyValuePair<string, object?>("finished_reason", NameOf(reason)));
        _endToEndLatency.Record(Elapsed(sequence.Timings.Arrival, now));
        _requestPromptTokens.Record(sequence.PromptLength);
        _requestGenerationTokens.Record(sequence.CompletionLength);
        _requestMaxTokens.Record(sequence.Request.MaxTokens);
        _requestPreemptions.Record(sequence.PreemptionCount);
        RecordPhases(sequence);
    }

    /// <summary>The phases that the request got through.</summary>
    private void RecordPhases(Sequence sequence)
    {
        var timings = sequence.Timings;
        if (timings.FirstScheduled is not { } scheduled)
            return;
        _queueTime.Record(Elapsed(timings.Arrival, scheduled));

        if (timings.FirstToken is not { } first || timings.LastToken is not { } last)
            return;
        _prefillTime.Record(Elapsed(scheduled, first));
        _inferenceTime.Record(Elapsed(scheduled, last));
        _decodeTime.Record(Elapsed(first, last));
        if (sequence.SampledSteps > 1)
            _timePerOutputToken.Record(Elapsed(first, last) / (sequence.SampledSteps - 1));
    }

    private void AdmissionRejected(string reason) => _admissionRejections.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private double KvCacheUsage()
    {
        var status = _status;
        return status.BlocksTotal == 0 ? 0 : (double)status.BlocksUsed / status.BlocksTotal;
    }

    private IEnumerable<Measurement<int>> WaitingByReason()
    {
        var status = _status;
        return
        [
            new Measurement<int>(status.Waiting - status.Preempted, new KeyValuePair<string, object?>("reason", "capacity")),
            new Measurement<int>(status.Preempted, new KeyValuePair<string, object?>("reason", "preempted")),
        ];
    }

    private double Elapsed(long from, long to) => _time.GetElapsedTime(from, to).TotalSeconds;

    private static string NameOf(FinishReason reason) => reason switch
    {
        FinishReason.Stop or FinishReason.ToolCalls => "stop",
        FinishReason.Length => "length",
        FinishReason.Cancelled => "abort",
        _ => "error",
    };
}

using System.Diagnostics.Metrics;
using System.Globalization;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Tests.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests;

public sealed class EngineMetricsTests : IDisposable
{
    private readonly SchedulerHarness _harness = new(new(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 12), new SchedulerOptions { Conservativeness = 0 });
    private readonly List<Instrument> _instruments = [];
    private readonly List<(string Name, double Value, string Tags)> _measurements = [];
    private readonly MeterListener _listener = new();

    public EngineMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != _harness.MeterScope)
                return;
            _instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    [Fact]
    public async Task Request_ThroughItsLife_IsTimed()
    {
        _harness.Submit(TestRequest.Greedy(promptLength: 6, maxTokens: 3));
        Advance(2);
        var step = _harness.Scheduler.Schedule()!;
        Advance(5);
        var sampler = new Inference.Engine.Sampling.Sampler(97);
        var result = await _harness.Executor.ExecuteAsync(step.Plan, TestContext.Current.CancellationToken);
        _harness.Scheduler.Apply(step, sampler.Sample(step, result));
        Advance(1);
        await _harness.StepAsync();
        Advance(3);
        await _harness.StepAsync();

        Assert.Equal([7.0], Of("vllm:time_to_first_token_seconds"));
        Assert.Equal([1.0, 3.0], Of("vllm:inter_token_latency_seconds"));
        Assert.Equal([2.0], Of("vllm:request_queue_time_seconds"));
        Assert.Equal([5.0], Of("vllm:request_prefill_time_seconds"));
        Assert.Equal([4.0], Of("vllm:request_decode_time_seconds"));
        Assert.Equal([9.0], Of("vllm:request_inference_time_seconds"));
        Assert.Equal([2.0], Of("vllm:request_time_per_output_token_seconds"));
        Assert.Equal([11.0], Of("vllm:e2e_request_latency_seconds"));
        Assert.Equal([6.0], Of("vllm:prompt_tokens"));
        Assert.Equal(3, Of("vllm:generation_tokens").Sum());
        Assert.Equal([6.0, 1.0, 1.0], Of("vllm:iteration_tokens_total"));
        Assert.Equal([6.0], Of("vllm:request_prompt_tokens"));
        Assert.Equal([3.0], Of("vllm:request_generation_tokens"));
        Assert.Equal([3.0], Of("vllm:request_params_max_tokens"));
        Assert.Equal([0.0], Of("vllm:request_num_preemptions"));
        Assert.Equal(("vllm:request_success", 1, "finished_reason=length"), _measurements.Single(m => m.Name == "vllm:request_success"));
    }

    [Fact]
    public async Task Request_CancelledInQueue_HasNoPhases()
    {
        var sequence = _harness.Submit(TestRequest.Greedy(promptLength: 6, maxTokens: 3));
        Advance(4);
        _harness.Scheduler.End(sequence.Id, FinishReason.Cancelled);
        await _harness.RunToEndAsync();

        Assert.Equal([4.0], Of("vllm:e2e_request_latency_seconds"));
        Assert.Empty(Of("vllm:request_queue_time_seconds"));
        Assert.Empty(Of("vllm:request_prefill_time_seconds"));
        Assert.Empty(Of("vllm:time_to_first_token_seconds"));
        Assert.Equal("finished_reason=abort", _measurements.Single(m => m.Name == "vllm:request_success").Tags);
    }

    [Fact]
    public async Task Request_StoppedByItsReader_IsNoAbort()
    {
        var sequence = _harness.Submit(TestRequest.Greedy(promptLength: 6, maxTokens: 3));
        await _harness.StepAsync();
        _harness.Scheduler.End(sequence.Id, FinishReason.Stop);

        Assert.Equal("finished_reason=stop", _measurements.Single(m => m.Name == "vllm:request_success").Tags);
        Assert.Equal([1.0], Of("vllm:request_generation_tokens"));
    }

    [Fact]
    public async Task PrefixCache_QueriesAndHits_AreCountedInTokensWhenARequestJoins()
    {
        for (var i = 0; i < 2; i++)
        {
            _harness.Submit(TestRequest.Greedy(promptLength: 10, maxTokens: 2));
            await _harness.RunToEndAsync();
        }

        Assert.Equal([10.0, 10.0], Of("vllm:prefix_cache_queries"));
        Assert.Equal([0.0, 8.0], Of("vllm:prefix_cache_hits"));
    }

    [Fact]
    public async Task Preemption_IsCountedAndThePromptOnlyOnce()
    {
        _harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 1));
        _harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 2));

        await _harness.RunToEndAsync();

        Assert.Equal([1.0], Of("vllm:num_preemptions"));
        Assert.Equal([16.0, 16.0], Of("vllm:prompt_tokens"));
        Assert.Equal([0.0, 1.0], Of("vllm:request_num_preemptions"));
        Assert.Equal(2, Of("vllm:time_to_first_token_seconds").Count());
    }

    [Fact]
    public async Task Gauges_OfAnEngine_ShowItsStatus()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var host = new EngineHost(options: new SchedulerOptions { MaxNumSeqs = 1 }, start: false);
        var values = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == host.MeterScope && instrument.IsObservable)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.Start();
        host.Executor.Hold();
        host.Submit(TestRequest.Greedy(promptLength: 8, maxTokens: 5));
        host.Submit(TestRequest.Greedy(promptLength: 8, maxTokens: 5));
        host.Engine.Start();
        await host.Executor.StepHeldAsync(cancellation);

        listener.RecordObservableInstruments();

        Assert.Equal(1, values["vllm:num_requests_running"]);
        Assert.Equal(1, values["vllm:num_requests_waiting"]);
        Assert.Equal(2.0 / 64, values["vllm:kv_cache_usage_perc"]);
        host.Executor.Release();
    }

    [Fact]
    public async Task CacheConfig_OfAnEngine_TellsItsSizes()
    {
        await using var host = new EngineHost(start: false);
        var labels = new Dictionary<string, object?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == host.MeterScope && instrument.Name == "vllm:cache_config_info")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            Assert.Equal(1, value);
            foreach (var (name, text) in tags)
                labels.Add(name, text);
        });
        listener.Start();
        listener.RecordObservableInstruments();

        var expected = new Dictionary<string, object?>
        {
            ["block_size"] = "4",
            ["num_gpu_blocks"] = "64",
            ["enable_prefix_caching"] = "True",
            ["kv_cache_size_tokens"] = "256",
            ["kv_cache_max_concurrency"] = "1",
        };
        Assert.Equal(expected, labels);
    }

    [Fact]
    public async Task BeamSearch_ThroughItsLife_IsOneRequest()
    {
        _harness.Submit(TestRequest.Greedy(promptLength: 6, maxTokens: 3) with
        {
            Beams = new Inference.Engine.Requests.BeamSearchParameters { Width = 3, Answers = 2 },
        });
        Advance(1);
        await _harness.StepAsync();
        Assert.Equal(1, _harness.Scheduler.Status.Running);
        Advance(2);
        await _harness.StepAsync();
        Assert.Equal((1, 0), (_harness.Scheduler.Status.Running, _harness.Scheduler.Status.Waiting));
        Advance(2);
        await _harness.RunToEndAsync();

        Assert.Equal([6.0], Of("vllm:prompt_tokens"));
        Assert.Equal([1.0], Of("vllm:time_to_first_token_seconds"));
        Assert.Equal([2.0, 2.0], Of("vllm:inter_token_latency_seconds"));
        Assert.Equal([2.0], Of("vllm:request_time_per_output_token_seconds"));
        Assert.Equal([6.0], Of("vllm:request_generation_tokens"));
        Assert.Equal([6.0, 3.0, 3.0], Of("vllm:iteration_tokens_total"));
        Assert.Equal(("vllm:request_success", 1, "finished_reason=length"), _measurements.Single(m => m.Name == "vllm:request_success"));
    }

    [Fact]
    public void TrySubmit_Refused_IsCountedByReason()
    {
        var reasons = new List<string>();
        using var factory = new TestMeterFactory();
        var metrics = new EngineMetrics(factory, "m", TimeProvider.System);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Name == "vllm:admission_rejections")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => reasons.Add((string)tags[0].Value!));
        listener.Start();

        metrics.AdmissionRejected(SubmitOutcome.QueueFull);
        metrics.AdmissionRejected(SubmitOutcome.Draining);
        metrics.NeverFits();

        Assert.Equal(["queue_full", "draining", "never_fits"], reasons);
    }

    [Fact]
    public void Instruments_All_HaveDescriptionsAndHistogramsAdvice()
    {
        Assert.Equal(29, _instruments.Count);
        Assert.All(_instruments, instrument =>
        {
            Assert.StartsWith("vllm:", instrument.Name, StringComparison.Ordinal);
            Assert.False(string.IsNullOrEmpty(instrument.Description));
            Assert.Contains(new KeyValuePair<string, object?>("model_name", "test-model"), instrument.Meter.Tags!);
            Assert.Equal(instrument.Name.EndsWith("_seconds", StringComparison.Ordinal) ? "s" : null, instrument.Unit);
            var boundaries = instrument switch
            {
                Histogram<double> histogram => histogram.Advice!.HistogramBucketBoundaries!,
                Histogram<int> histogram => [.. histogram.Advice!.HistogramBucketBoundaries!.Select(boundary => (double)boundary)],
                _ => [0.0, 1.0],
            };
            Assert.Equal(boundaries.Order(), boundaries);
        });
    }

    public void Dispose()
    {
        _listener.Dispose();
        _harness.Dispose();
    }

    private void Advance(int seconds) => _harness.Time.Advance(TimeSpan.FromSeconds(seconds));

    private IEnumerable<double> Of(string name) => _measurements.Where(m => m.Name == name).Select(m => m.Value);

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = tags.ToArray().Select(tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}"));
        _measurements.Add((instrument.Name, value, string.Join(',', labels)));
    }
}

using BenchmarkDotNet.Attributes;
using Inference.Engine;
using Inference.Engine.Execution;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Benchmarks.Scheduling;

/// <summary>
/// One step of a busy engine without its model: schedule and apply. Requests end after 64 to 191 tokens and others take their places, so
/// each step admits, grows and frees as in service. What the requests' readers take from their channels is taken here too: unread events
/// would be what the collector has to move.
/// </summary>
public class SchedulerBenchmarks
{
    private const int PromptLength = 32;

    private readonly TestMeterFactory _meters = new();
    private Scheduler _scheduler = null!;
    private AdmissionGate _gate = null!;
    private SampledToken[] _tokens = null!;
    private long _lastId;

    [Params(32, 256)]
    public int Running { get; set; }

    [Params(100, 10_000)]
    public int Waiting { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var limits = new ModelLimits(VocabularySize: 49152, MaxModelLength: 2048, BlockSize: 16, BlockCount: Running * 16);
        var options = new SchedulerOptions { MaxNumSeqs = Running, MaxNumBatchedTokens = 512, MaxQueueLength = Running + Waiting };
        _gate = new AdmissionGate(options.MaxQueueLength);
        var metrics = new EngineMetrics(_meters, "benchmark", TimeProvider.System);
        _scheduler = new Scheduler(limits, options, _gate, metrics, TimeProvider.System);
        _tokens = [.. Enumerable.Range(0, Running).Select(id => new SampledToken(id))];
        for (var i = 0; i < Running; i++)
            Submit();
        while (_scheduler.Status.Running < Running)
            Step();
    }

    [GlobalCleanup]
    public void Cleanup() => _meters.Dispose();

    [Benchmark]
    public int Step()
    {
        while (_gate.Count < Waiting)
            Submit();

        var step = _scheduler.Schedule()!;
        _scheduler.Apply(step, _tokens.AsSpan(0, step.Plan.LogitsRows));
        foreach (var (sequence, _) in step.Entries)
        {
            while (sequence.Events.TryRead(out _))
            {
            }
        }

        return step.TokenCount;
    }

    private void Submit()
    {
        if (!_gate.TryEnter(PromptLength))
            throw new InvalidOperationException("The queue is full.");

        var id = ++_lastId;
        var request = TestRequest.Greedy(PromptLength, maxTokens: 64 + (int)(id * 37 % 128));
        _scheduler.Add(new Sequence(id, request, maxModelLength: 2048, seed: 0, TimeProvider.System.GetTimestamp()));
    }
}

using System.Collections.Frozen;
using Inference.Engine;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Inference.Simulation.Costs;
using Inference.Simulation.Loads;
using Inference.Simulation.Reports;

namespace Inference.Simulation.Replicas;

/// <summary>
/// One server: the engine's own scheduler and cache, with a model that takes its time by a <see cref="CostModel"/> and says what the trace
/// wants it to. Lives in virtual time: somebody else sees that <see cref="Advance"/> is called when it is due.
/// </summary>
internal sealed class Replica
{
    private readonly FleetOptions _options;
    private readonly VirtualTime _time;
    private readonly ServiceStatistics _statistics;
    private readonly AdmissionGate _gate;
    private readonly Scheduler _scheduler;
    private readonly Dictionary<long, (SimulatedRequest Request, Sequence Sequence)> _requests = [];
    private readonly SampledToken[] _tokens;
    private readonly SampledToken _stop;
    private readonly SampledToken _other;
    private readonly FrozenSet<int> _stopTokens;
    private ScheduledStep? _step;
    private long _lastId;

    public Replica(int index, FleetOptions options, VirtualTime time, EngineMetrics metrics, ServiceStatistics statistics)
    {
        Index = index;
        _options = options;
        _time = time;
        _statistics = statistics;
        _gate = new AdmissionGate(options.Scheduling.MaxQueueLength, options.Scheduling.MaxQueuedTokens);
        _scheduler = new Scheduler(options.Limits, options.Scheduling, _gate, metrics, time);
        _tokens = new SampledToken[options.Scheduling.MaxNumSeqs];
        _stop = new SampledToken(options.Limits.VocabularySize - 1);
        _other = new SampledToken(options.Limits.VocabularySize - 2);
        _stopTokens = [_stop.TokenId];
    }

    public int Index { get; }

    /// <summary>Requests that have not ended.</summary>
    public int InFlight => _requests.Count;

    /// <summary>When <see cref="Advance"/> is due; null: not before the next request.</summary>
    public TimeSpan? NextEvent { get; private set; }

    public void Submit(SimulatedRequest simulated)
    {
        var request = RequestOf(simulated);
        if (RequestAdmission.Refusal(request, _options.Limits, _options.Scheduling) is not null || !_gate.TryEnter(request.PromptTokenIds.Length))
        {
            _statistics.RequestRefused();
            return;
        }

        var maxLength = SchedulingPolicy.MaxSequenceLength(_options.Limits);
        var sequence = new Sequence(++_lastId, request, maxLength, seed: 0, _time.GetTimestamp());
        _requests.Add(sequence.Id, (simulated, sequence));
        _scheduler.Add(sequence);
        if (_step is null)
            BeginStep();
    }

    /// <summary>Ends the step that is due, if one runs, and begins the next.</summary>
    public void Advance()
    {
        if (_step is { } step)
            EndStep(step);
        BeginStep();
    }

    private void BeginStep()
    {
        _step = _scheduler.Schedule();
        CollectExpired();
        if (_step is null)
        {
            NextEvent = _time.Now + _scheduler.WakeAfter;
            return;
        }

        var duration = _options.Cost.Of(StepFeatures.Of(_step.Plan));
        _statistics.StepBegun(duration);
        NextEvent = _time.Now + duration;
    }

    private void EndStep(ScheduledStep step)
    {
        var rows = 0;
        foreach (var (sequence, _) in step.Entries)
        {
            if (!sequence.IsSampledThisStep)
                continue;
            _statistics.TokenGenerated(sequence, _time.Now);
            _tokens[rows++] = sequence.GeneratedLength + 1 == _requests[sequence.Id].Request.Trace.OutputLength ? _stop : _other;
        }

        _scheduler.Apply(step, _tokens.AsSpan(0, rows));
        foreach (var (sequence, _) in step.Entries)
        {
            if (sequence.Status.IsFinished())
                End(sequence, FinishReason.Stop);
        }
    }

    /// <summary>Requests that the scheduler has ended by itself.</summary>
    private void CollectExpired()
    {
        var status = _scheduler.Status;
        if (status.Running + status.Waiting == _requests.Count)
            return;

        foreach (var (_, sequence) in _requests.Values.Where(entry => entry.Sequence.Status.IsFinished()).ToArray())
            End(sequence, FinishReason.Expired);
    }

    private void End(Sequence sequence, FinishReason reason)
    {
        _requests.Remove(sequence.Id, out var entry);
        _statistics.RequestEnded(entry.Request, sequence, reason, _time.Now);
    }

    private InferenceRequest RequestOf(SimulatedRequest simulated) => new()
    {
        RequestId = "simulated",
        PromptTokenIds = simulated.Trace.Prompt(simulated.Identity, _options.Limits.VocabularySize - 2),
        MaxTokens = Math.Max(simulated.Trace.OutputLength, _options.MaxTokens),
        StopTokenIds = _stopTokens,
        Priority = simulated.IsUrgent ? _options.UrgentPriority : 0,
        Client = simulated.IsUrgent ? "urgent" : null,
        Deadline = simulated.IsUrgent ? _options.UrgentDeadline : null,
    };
}

using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Inference.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Inference.Engine.Tests.Scheduling;

/// <summary>A scheduler without the loop: steps when told to, and checks the invariants after each.</summary>
internal sealed class SchedulerHarness : IDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly SchedulerOptions _options;
    private readonly Sampler _sampler;
    private long _lastId;

    public SchedulerHarness(ModelLimits? limits = null, SchedulerOptions? options = null, ScriptedExecutor? executor = null)
    {
        Executor = executor ?? new ScriptedExecutor(limits);
        _options = options ?? new SchedulerOptions();
        _options.Validate();
        _sampler = new Sampler(Executor.Limits.VocabularySize);
        Gate = new AdmissionGate(int.MaxValue);
        Scheduler = new Scheduler(Executor.Limits, _options, Gate, new EngineMetrics(_meters, "test-model", Time), Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public object MeterScope => _meters;

    public ScriptedExecutor Executor { get; }

    public AdmissionGate Gate { get; }

    public Scheduler Scheduler { get; }

    public Sequence Submit(InferenceRequest request)
    {
        Assert.Null(RequestAdmission.Refusal(request, Executor.Limits, _options));
        Assert.True(Gate.TryEnter(request.PromptTokenIds.Length));
        var id = _lastId + 1;
        _lastId += request.Beams?.Width ?? 1;
        var sequence = new Sequence(id, request, SchedulingPolicy.MaxLengthOf(request, Executor.Limits), (ulong)id, Time.GetTimestamp());
        Scheduler.Add(sequence);
        return sequence;
    }

    /// <summary>One step, or false when there is none. An executor's failure is applied as the loop does.</summary>
    public async Task<bool> StepAsync()
    {
        var step = Scheduler.Schedule();
        // The loop sleeps when there is no step: that must mean that no request is left, or that it knows when to wake up.
        if (step is null && !Scheduler.IsIdle)
        {
            Assert.NotNull(Scheduler.WakeAfter);
            Time.Advance(Scheduler.WakeAfter.Value);
            return true;
        }

        if (step is not null)
        {
            try
            {
                var result = await Executor.ExecuteAsync(step.Plan, TestContext.Current.CancellationToken);
                Scheduler.Apply(step, _sampler.Sample(step, result));
            }
            catch (ExecutionException exception)
            {
                Scheduler.Fail(step, FinishReason.Error, exception.Message);
            }
        }

        AssertInvariants();
        return step is not null;
    }

    /// <summary>Steps until nothing is left, and checks that nothing was lost.</summary>
    public async Task RunToEndAsync()
    {
        while (await StepAsync())
        {
        }

        AssertIdle();
    }

    public void AssertIdle()
    {
        AssertInvariants();
        Assert.True(Scheduler.IsIdle);
        Assert.Equal((0, 0), (Gate.Count, Gate.TokenCount));
        Assert.Equal(Executor.Limits.BlockCount, Scheduler.Snapshot().FreeBlocks.Length);
    }

    public void AssertInvariants()
    {
        Assert.Empty(SchedulerInvariants.Violations(Scheduler.Snapshot(), _options));
        Assert.Empty(Executor.Violations);
    }

    /// <summary>The events so far, which must be all: the request has ended.</summary>
    public static Task<CollectedResponse> ResponseAsync(Sequence sequence)
    {
        Assert.True(sequence.Status.IsFinished());
        return CollectedResponse.ReadAsync(sequence.Events, TestContext.Current.CancellationToken);
    }

    /// <summary>What a request gives when nothing else runs and nothing is short.</summary>
    public static async Task<CollectedResponse> AloneAsync(InferenceRequest request, ModelLimits limits, ScriptedExecutor.NextToken? next = null)
    {
        var length = SchedulingPolicy.MaxLengthOf(request, limits);
        var width = request.Beams?.Width ?? 1;
        var ample = limits with { MaxModelLength = length, BlockCount = 2 * length * width, BlockSize = 1 };
        using var harness = new SchedulerHarness(executor: new ScriptedExecutor(ample, next));
        var sequence = harness.Submit(request);
        await harness.RunToEndAsync();
        return await ResponseAsync(sequence);
    }

    public void Dispose() => _meters.Dispose();
}

using CsCheck;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

/// <summary>
/// Random schedules under every mode and policy: pools that are too small, cancellations, failing steps, deadlines, shared prefixes, proposals. A
/// failure prints the seed; CsCheck_Seed repeats it.
/// </summary>
public sealed class SchedulePropertyTests
{
    private const int Schedules = 10_000;

    private static readonly Gen<SpeculationOptions?> AnySpeculation =
        from count in Gen.Int[0, 6]
        from min in Gen.Int[1, 3]
        from extra in Gen.Int[0, 2]
        from bound in Gen.Int[2, 24]
        select count == 0
            ? null
            : new SpeculationOptions { NumSpeculativeTokens = count, PromptLookupMin = min, PromptLookupMax = min + extra, MaxStepTokens = bound };

    private static readonly Gen<SchedulerOptions> AnyOptions =
        from seqs in Gen.Int[1, 8]
        from extra in Gen.Int[0, 30]
        from policy in Gen.Enum<QueuePolicy>()
        from batching in Gen.Frequency((3, Gen.Const(BatchingMode.Rolling)), (1, Gen.Const(BatchingMode.Dynamic)))
        from allocation in Gen.Frequency((3, Gen.Const(CacheAllocation.Paged)), (1, Gen.Const(CacheAllocation.Contiguous)))
        from prefill in Gen.Enum<PrefillMode>()
        from caching in Gen.Bool
        from conservativeness in Gen.OneOf(Gen.Const(0.0), Gen.Const(0.5), Gen.Const(1.0))
        from batchSize in Gen.Int[1, 5]
        from speculation in AnySpeculation
        select new SchedulerOptions
        {
            MaxNumSeqs = seqs,
            MaxNumBatchedTokens = seqs + extra,
            Policy = policy,
            Batching = batching,
            Allocation = allocation,
            Prefill = prefill,
            EnablePrefixCaching = caching,
            Conservativeness = conservativeness,
            BatchSize = batchSize,
            Speculation = speculation,
        };

    private static readonly Gen<ModelLimits> AnyLimits =
        from blockSize in Gen.Int[1, 6]
        from blocks in Gen.Int[16, 40]
        from length in Gen.Int[16, 60]
        select new ModelLimits(VocabularySize: 97, length, blockSize, 1 + blocks / blockSize + (16 + blockSize - 1) / blockSize);

    private static readonly Gen<Arrival> AnyArrival =
        from step in Gen.Int[0, 12]
        from prompt in Gen.Int[1, 15]
        from family in Gen.Int[0, 3]
        from maxTokens in Gen.Int[1, 14]
        from priority in Gen.Int[-2, 2]
        from client in Gen.Int[0, 2]
        from deadline in Gen.Frequency((5, Gen.Const((int?)null)), (1, Gen.Int[0, 8].Select(d => (int?)d)))
        from cancelAfter in Gen.Frequency((4, Gen.Const((int?)null)), (1, Gen.Int[0, 20].Select(d => (int?)d)))
        from sampled in Gen.Bool
        from choices in Gen.Frequency((3, Gen.Const(1)), (1, Gen.Int[2, 4]))
        from isBeamSearch in Gen.Bool
        select new Arrival(step, prompt, family, maxTokens, priority, client, deadline, cancelAfter, sampled, choices, isBeamSearch);

    private static readonly Gen<Schedule> AnySchedule =
        from options in AnyOptions
        from limits in AnyLimits
        from arrivals in AnyArrival.Array[1, 10]
        from failAt in Gen.Frequency((5, Gen.Const((int?)null)), (1, Gen.Int[0, 10].Select(d => (int?)d)))
        from repeats in Gen.Bool
        select new Schedule(options, limits, arrivals, failAt, repeats);

    [Fact]
    public void AnySchedule_EveryRequestEndsOnceAsIfAlone_AndNoBlockIsLost()
    {
        var copies = 0;
        AnySchedule.Sample(
            schedule => Interlocked.Add(ref copies, Run(schedule)),
            iter: Schedules,
            writeLine: TestContext.Current.TestOutputHelper!.WriteLine);
        Assert.True(copies > Schedules / 10, $"only {copies} blocks were copied");
    }

    /// <returns>Blocks that were copied because sequences parted.</returns>
    private static int Run(Schedule schedule)
    {
        using var harness = new SchedulerHarness(options: schedule.Options, executor: new ScriptedExecutor(schedule.Limits, schedule.Script));
        if (schedule.FailAt is { } failing)
            harness.Executor.FailWith = plan => plan.StepIndex == failing ? new ExecutionException("Scripted failure.") : null;

        var arrivals = schedule.Arrivals.OrderBy(arrival => arrival.Step).SelectMany((arrival, index) => Choices(arrival, index, schedule)).ToArray();
        var sequences = new List<Sequence>();

        // Each step computes at least one token of the sequence that is first in order, or is a decode step after a prompt step: far fewer
        // turns than this are ever needed, however often somebody is preempted.
        var limit = 40 + arrivals.Sum(arrival => 4 * (arrival.Beams?.Width ?? 1) * (arrival.Prompt + arrival.MaxTokens));
        for (var turn = 0; sequences.Count < arrivals.Length || !harness.Scheduler.IsIdle; turn++)
        {
            Assert.True(turn < limit, "the schedule does not come to an end");
            while (sequences.Count < arrivals.Length && arrivals[sequences.Count].Step <= turn)
                sequences.Add(harness.Submit(arrivals[sequences.Count].Request(schedule.Limits)));
            for (var i = 0; i < sequences.Count; i++)
            {
                if (arrivals[i].CancelAfter is { } delay && arrivals[i].Step + delay == turn)
                    harness.Scheduler.End(sequences[i].Id, FinishReason.Cancelled);
            }

            harness.Time.Advance(TimeSpan.FromSeconds(1));
            harness.StepAsync().GetAwaiter().GetResult();
        }

        harness.AssertIdle();
        for (var i = 0; i < sequences.Count; i++)
            CheckEnd(sequences[i], arrivals[i], schedule, harness.Executor);
        return harness.Executor.Plans.Sum(plan => plan.Copies.Length);
    }

    /// <summary>They share their prompt; what one of them suffers, the next suffers later. Or they are the beams of one request.</summary>
    private static IEnumerable<Arrival> Choices(Arrival arrival, int index, Schedule schedule)
    {
        var (count, options) = (arrival.ChoiceCount, schedule.Options);
        var isBeamSearch = arrival.IsBeamSearch && count > 1 && count <= options.MaxNumSeqs && options.Allocation == CacheAllocation.Paged
            && SchedulingPolicy.MaxBeamLength(schedule.Limits, arrival.Prompt, count) > arrival.Prompt;
        return Enumerable.Range(0, isBeamSearch ? 1 : count).Select(choice => arrival with
        {
            Choice = choice,
            Group = count > 1 && !isBeamSearch ? $"group {index}" : null,
            Beams = isBeamSearch ? new BeamSearchParameters { Width = count, Answers = 1 + arrival.Client % count, LengthPenalty = arrival.Priority } : null,
            CancelAfter = arrival.CancelAfter + choice,
        });
    }

    private static void CheckEnd(Sequence sequence, Arrival arrival, Schedule schedule, ScriptedExecutor executor)
    {
        var response = SchedulerHarness.ResponseAsync(sequence).GetAwaiter().GetResult();
        var request = sequence.Request;
        var expected = arrival.IsSampled || arrival.Beams is not null
            ? SchedulerHarness.AloneAsync(request with { Deadline = null }, schedule.Limits, schedule.Script).GetAwaiter().GetResult().TokenIds
            : executor.Continue(request.PromptTokenIds.Span, request.MaxTokens);
        Assert.Equal(expected.Take(response.TokenIds.Count), response.TokenIds);
        switch (response.Outcome.Reason)
        {
            case FinishReason.Length:
                var most = Math.Min(request.MaxTokens, SchedulingPolicy.MaxLengthOf(request, schedule.Limits) - arrival.Prompt);
                Assert.Equal(most, response.TokenIds.Count);
                break;
            case FinishReason.Cancelled:
                Assert.NotNull(arrival.CancelAfter);
                break;
            case FinishReason.Expired:
                Assert.NotNull(arrival.Deadline);
                Assert.Empty(response.TokenIds);
                break;
            case FinishReason.Error:
                Assert.NotNull(schedule.FailAt);
                break;
            default:
                Assert.Fail($"ended with {response.Outcome.Reason}");
                break;
        }
    }

    private sealed record Schedule(SchedulerOptions Options, ModelLimits Limits, Arrival[] Arrivals, int? FailAt, bool Repeats)
    {
        public ScriptedExecutor.NextToken? Script => Repeats ? RepetitiveScript.Next : null;

        public override string ToString() => $"{Options} {Limits} fails at {FailAt}, repeats {Repeats}: {string.Join(", ", (object[])Arrivals)}";
    }

    private sealed record Arrival(
        int Step, int Prompt, int Family, int MaxTokens, int Priority, int Client, int? Deadline, int? CancelAfter, bool IsSampled, int ChoiceCount, bool IsBeamSearch)
    {
        public BeamSearchParameters? Beams { get; init; }

        public int Choice { get; init; }

        public string? Group { get; init; }

        public InferenceRequest Request(ModelLimits limits) => TestRequest.Greedy(Prompt, MaxTokens, Family) with
        {
            Priority = Priority,
            Client = $"client {Client}",
            ClientWeight = 1 + Client,
            Deadline = Deadline is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            PromptGroup = Group,
            Beams = Beams,
            CacheSalt = Family == 3 ? "salt" : null,
            Sampling = IsSampled ? new SamplingParameters { Temperature = 1, Seed = (ulong)(Family + limits.BlockSize + Choice) } : SamplingParameters.Greedy,
        };
    }
}

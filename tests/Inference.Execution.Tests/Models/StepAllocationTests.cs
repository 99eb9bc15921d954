using Inference.Engine;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Models.Conversion;
using Inference.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inference.Execution.Tests.Models;

/// <summary>What a step leaves to the garbage collector, of everything between a request's submission and the reader of its tokens.</summary>
[CollectionDefinition(nameof(StepAllocationTests), DisableParallelization = true)]
[Collection(nameof(StepAllocationTests))]
public sealed class StepAllocationTests
{
    private const int Sequences = 32;
    private const int PromptLength = 8;
    private const int WarmUpSteps = 60;
    private const int CountedSteps = 300;

    public static TheoryData<ModelDType, float> Kinds => new()
    {
        { ModelDType.Float32, 0 }, { ModelDType.Float32, 1 }, { ModelDType.Int8, 0 }, { ModelDType.Int8, 1 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Step_DecodingManySequences_AllocatesAtMostFourKilobytes(ModelDType dtype, float temperature)
    {
        await using var executor = new CountingExecutor(LoadedModel.Open(RepositoryFiles.ZooLlama, blockCount: 1024, dtype));
        using var meters = new TestMeterFactory();
        await using var engine = new InferenceEngine(
            executor,
            new SchedulerOptions(),
            new EngineMetrics(meters, "test", TimeProvider.System),
            TimeProvider.System,
            NullLogger<InferenceEngine>.Instance);
        var readers = Enumerable.Range(0, Sequences).Select(i => ReadAsync(engine, i, temperature)).ToArray();

        engine.Start();
        await Task.WhenAll(readers).WaitAsync(TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper!.WriteLine($"{dtype} at temperature {temperature}: {executor.BytesPerStep} bytes per step");
        Assert.InRange(executor.BytesPerStep, 1, 4096);
    }

    /// <summary>Reads as the server does: waiting whenever there is nothing.</summary>
    private static async Task ReadAsync(InferenceEngine engine, int seed, float temperature)
    {
        var request = TestRequest.Greedy(PromptLength, WarmUpSteps + CountedSteps + 10, seed);
        Assert.Equal(SubmitOutcome.Accepted, engine.TrySubmit(request with { Sampling = new SamplingParameters { Temperature = temperature, Seed = 1 } }, out var stream));
        while (await stream!.Events.WaitToReadAsync(CancellationToken.None))
        {
            while (stream.Events.TryRead(out var tokenEvent))
            {
                Assert.True(tokenEvent.Outcome is null or { Reason: FinishReason.Length });
            }
        }
    }

    /// <summary>Notes what was allocated, on all threads, between the first and the last of the steps that count.</summary>
    private sealed class CountingExecutor(IModelExecutor inner) : IModelExecutor
    {
        private long _before;
        private long _after;

        public ModelLimits Limits => inner.Limits;

        public long BytesPerStep => (_after - _before) / CountedSteps;

        public ValueTask<StepResult> ExecuteAsync(StepPlan plan, CancellationToken cancellationToken)
        {
            if (plan.StepIndex == WarmUpSteps)
            {
                _before = GC.GetTotalAllocatedBytes(precise: true);
            }
            else if (plan.StepIndex == WarmUpSteps + CountedSteps)
            {
                Assert.Equal(Sequences, plan.TokenIds.Length);
                _after = GC.GetTotalAllocatedBytes(precise: true);
            }

            return inner.ExecuteAsync(plan, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Testing;

namespace Inference.Engine.Tests.Sampling;

/// <summary>An executor that knows the arg max is asked for logits only by requests that need them.</summary>
public sealed class PrecomputedArgMaxTests
{
    private const int ArgMax = 3;
    private const int ArgMaxBesideLogits = 4;
    private const int FromLogits = 5;

    [Fact]
    public async Task Sample_PlainGreedy_TakesTheArgMaxAndLeavesTheLogitsAlone() =>
        Assert.Equal([ArgMax, ArgMax], await GenerateAsync(request => request));

    [Fact]
    public async Task Sample_Sampling_ReadsTheLogits() =>
        Assert.Equal([FromLogits, FromLogits], await GenerateAsync(request => request with { Sampling = new SamplingParameters { Temperature = 0.1f } }));

    [Fact]
    public async Task Sample_Bias_ReadsTheLogits() => Assert.Equal(
        [FromLogits, FromLogits],
        await GenerateAsync(request => request with
        {
            Sampling = SamplingParameters.Greedy with { LogitBias = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<int, float> { [1] = -1 }) },
        }));

    [Fact]
    public async Task Sample_Penalty_ReadsTheLogits() => Assert.Equal(
        [FromLogits, FromLogits], await GenerateAsync(request => request with { Sampling = SamplingParameters.Greedy with { PresencePenalty = 0.5f } }));

    [Fact]
    public async Task Sample_Logprobs_ReadsTheLogits() => Assert.Equal(
        [FromLogits, FromLogits], await GenerateAsync(request => request with { Sampling = SamplingParameters.Greedy with { TopLogprobs = 0 } }));

    [Fact]
    public async Task Sample_BelowTheMinimumLength_ReadsTheLogits() =>
        Assert.Equal([FromLogits, ArgMax], await GenerateAsync(request => request with { MinTokens = 1 }));

    private static async Task<IReadOnlyList<int>> GenerateAsync(Func<InferenceRequest, InferenceRequest> change)
    {
        await using var executor = new Executor();
        using var meters = new TestMeterFactory();
        await using var engine = new InferenceEngine(
            executor,
            new Inference.Engine.Scheduling.SchedulerOptions(),
            new EngineMetrics(meters, "test", TimeProvider.System),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<InferenceEngine>.Instance);
        engine.Start();
        engine.TrySubmit(change(TestRequest.Greedy([1, 2], 2)), out var stream);
        return (await CollectedResponse.ReadAsync(stream!, TestContext.Current.CancellationToken)).TokenIds;
    }

    private sealed class Executor : IModelExecutor
    {
        public ModelLimits Limits { get; } = new(VocabularySize: 8, MaxModelLength: 64, BlockSize: 16, BlockCount: 8);

        public ValueTask<StepResult> ExecuteAsync(StepPlan plan, CancellationToken cancellationToken) =>
            ValueTask.FromResult<StepResult>(new Result(plan.LogitsRows, plan.NeedsLogits));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>
    /// Says one token in ArgMax and another in its logits, so that it shows which was read; and has just what the plan says is needed.
    /// </summary>
    private sealed class Result(int rows, bool hasLogits) : StepResult
    {
        public override int Rows => rows;

        public override int VocabularySize => 8;

        public override int? ArgMax(int row) => hasLogits ? PrecomputedArgMaxTests.ArgMaxBesideLogits : PrecomputedArgMaxTests.ArgMax;

        public override Span<float> Row(int row)
        {
            Assert.True(hasLogits, "logits that the plan does not ask for");
            var logits = new float[8];
            logits[FromLogits] = 100;
            return logits;
        }
    }
}

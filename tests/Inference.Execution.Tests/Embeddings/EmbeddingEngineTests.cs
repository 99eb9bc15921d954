using Inference.Engine;
using Inference.Engine.Requests;
using Inference.Execution.Embeddings;
using Inference.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Inference.Execution.Tests.Embeddings;

public sealed class EmbeddingEngineTests : IAsyncDisposable
{
    private readonly ScriptedEmbeddingModel _model = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TestMeterFactory _meters = new();
    private EmbeddingEngine? _engine;

    public async ValueTask DisposeAsync()
    {
        _model.Release();
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _meters.Dispose();
    }

    [Fact]
    public async Task Submit_Texts_GivesAVectorForEachInOrder()
    {
        var engine = Start();

        var outcome = await SubmitAsync(engine, [1], [2, 2], [3, 1]);

        Assert.Equal(FinishReason.Stop, outcome.Reason);
        Assert.Equal([_model.VectorOf([1]), _model.VectorOf([2]), _model.VectorOf([3, 1])], outcome.Vectors);
    }

    [Fact]
    public async Task Submit_WhileAnotherHasManyTexts_IsServedInBetween()
    {
        var engine = Start();
        _model.Hold();
        var many = SubmitAsync(engine, [10], [11], [12], [13]);
        await _model.TextHeldAsync(TestContext.Current.CancellationToken);
        var one = SubmitAsync(engine, [20]);
        _model.Release();

        await Task.WhenAll(many, one);

        Assert.Equal([10, 11, 20, 12, 13], _model.Texts.Select(text => text[0]));
    }

    [Fact]
    public async Task Submit_QueueFull_IsRefusedUntilThereIsRoom()
    {
        var engine = Start(new EmbeddingEngineOptions { MaxRunning = 1, MaxQueueLength = 1 });
        _model.Hold();
        var running = SubmitAsync(engine, [1]);
        await _model.TextHeldAsync(TestContext.Current.CancellationToken);
        var waiting = SubmitAsync(engine, [2]);

        Assert.Equal(SubmitOutcome.QueueFull, engine.TrySubmit(Request([3]), TestContext.Current.CancellationToken, out var refused));
        Assert.Null(refused);
        Assert.Equal((1, 1), (engine.Status.Running, engine.Status.Waiting));

        _model.Release();
        await Task.WhenAll(running, waiting);
        Assert.Equal(FinishReason.Stop, (await SubmitAsync(engine, [3])).Reason);
    }

    [Fact]
    public async Task Submit_TooManyTokensWait_IsRefusedUnlessAlone()
    {
        var engine = Start(new EmbeddingEngineOptions { MaxRunning = 1, MaxQueuedTokens = 3 });
        _model.Hold();
        var running = SubmitAsync(engine, [1, 1, 1, 1]);
        await _model.TextHeldAsync(TestContext.Current.CancellationToken);
        var waiting = SubmitAsync(engine, [2, 2]);

        Assert.Equal(SubmitOutcome.QueueFull, engine.TrySubmit(Request([3, 3]), TestContext.Current.CancellationToken, out _));
        var small = SubmitAsync(engine, [4]);

        _model.Release();
        Assert.All(await Task.WhenAll(running, waiting, small), outcome => Assert.Equal(FinishReason.Stop, outcome.Reason));
    }

    [Fact]
    public async Task Cancel_BetweenTexts_LeavesTheRestOut()
    {
        var engine = Start();
        using var cancellation = new CancellationTokenSource();
        _model.Hold();
        engine.TrySubmit(Request([1], [2], [3]), cancellation.Token, out var outcome);
        await _model.TextHeldAsync(TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        _model.Release();

        Assert.Equal(FinishReason.Cancelled, (await outcome!).Reason);
        Assert.Single(_model.Texts);
    }

    [Fact]
    public async Task Deadline_PassedInTheQueue_Expires()
    {
        var engine = Start();
        _model.Hold();
        var first = SubmitAsync(engine, [1]);
        await _model.TextHeldAsync(TestContext.Current.CancellationToken);
        engine.TrySubmit(Request([2]) with { Deadline = TimeSpan.FromSeconds(1) }, TestContext.Current.CancellationToken, out var late);
        engine.TrySubmit(Request([3]) with { Deadline = TimeSpan.FromSeconds(3) }, TestContext.Current.CancellationToken, out var inTime);
        _time.Advance(TimeSpan.FromSeconds(2));
        _model.Release();

        Assert.Equal(FinishReason.Stop, (await first).Reason);
        Assert.Equal(FinishReason.Expired, (await late!).Reason);
        Assert.Equal(FinishReason.Stop, (await inTime!).Reason);
    }

    [Fact]
    public async Task Text_ThatFails_CostsItsRequestOnly()
    {
        var engine = Start();
        _model.FailsOn = text => text[0] == 2;

        var outcomes = await Task.WhenAll(SubmitAsync(engine, [1], [2], [3]), SubmitAsync(engine, [4]));

        Assert.Equal([FinishReason.Error, FinishReason.Stop], outcomes.Select(outcome => outcome.Reason));
        Assert.Empty(outcomes[0].Vectors);
    }

    [Fact]
    public async Task Drain_EndsWhatRunsAndRefusesMore()
    {
        var engine = Start();
        _model.Hold();
        var running = SubmitAsync(engine, [1], [2]);
        await _model.TextHeldAsync(TestContext.Current.CancellationToken);
        var drain = engine.DrainAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(SubmitOutcome.Draining, engine.TrySubmit(Request([3]), TestContext.Current.CancellationToken, out _));
        _model.Release();

        Assert.True(await drain);
        Assert.Equal(FinishReason.Stop, (await running).Reason);
    }

    [Fact]
    public async Task Drain_LimitOver_CancelsTheRest()
    {
        var engine = Start();
        _model.Hold();
        var running = SubmitAsync(engine, [1], [2]);
        await _model.TextHeldAsync(TestContext.Current.CancellationToken);
        var drain = engine.DrainAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(11));

        _model.Release();

        Assert.False(await drain);
        Assert.NotEqual(FinishReason.Error, (await running).Reason);
    }

    [Fact]
    public async Task Submit_ManyAtOnceWithRandomCancels_EachEndsOnce()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        var engine = Start(new EmbeddingEngineOptions { MaxRunning = 7, MaxQueueLength = 10_000 });
        var cancellations = Enumerable.Range(0, 500).Select(_ => new CancellationTokenSource()).ToArray();
        var outcomes = cancellations.Select((cancellation, i) =>
        {
            var texts = Enumerable.Range(0, random.Next(1, 6)).Select(_ => new[] { random.Next(100), random.Next(100) }).ToArray();
            Assert.Equal(SubmitOutcome.Accepted, engine.TrySubmit(Request(texts), cancellation.Token, out var outcome));
            if (random.Next(3) == 0)
            {
                cancellations[random.Next(i + 1)].Cancel();
            }

            return (Texts: texts, Outcome: outcome!);
        }).ToArray();

        foreach (var (texts, pending) in outcomes)
        {
            var outcome = await pending;
            Assert.True(
                outcome.Reason == FinishReason.Cancelled || (outcome.Reason == FinishReason.Stop && texts.Select(text => _model.VectorOf(text)).SequenceEqual(outcome.Vectors, SameVector.Instance)),
                $"seed {seed}: {outcome.Reason}");
        }

        Assert.Contains(outcomes, entry => entry.Outcome.Result.Reason == FinishReason.Stop);
        Assert.True(await engine.DrainAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal((0, 0), (engine.Status.Running, engine.Status.Waiting));
        Array.ForEach(cancellations, cancellation => cancellation.Dispose());
    }

    private static EmbeddingTexts Request(params int[][] texts) => new([.. texts.Select(text => new ReadOnlyMemory<int>(text))]);

    private EmbeddingEngine Start(EmbeddingEngineOptions? options = null)
    {
        _engine = new EmbeddingEngine(
            _model, options ?? new EmbeddingEngineOptions(), new EmbeddingMetrics(_meters, "scripted", _time), new ExecutionTurns(), _time, NullLogger<EmbeddingEngine>.Instance);
        _engine.Start();
        return _engine;
    }

    private static Task<EmbeddingOutcome> SubmitAsync(EmbeddingEngine engine, params int[][] texts)
    {
        Assert.Equal(SubmitOutcome.Accepted, engine.TrySubmit(Request(texts), TestContext.Current.CancellationToken, out var outcome));
        return outcome!;
    }

    private sealed class SameVector : IEqualityComparer<float[]>
    {
        public static SameVector Instance { get; } = new();

        public bool Equals(float[]? x, float[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(float[] vector) => vector.Length;
    }
}

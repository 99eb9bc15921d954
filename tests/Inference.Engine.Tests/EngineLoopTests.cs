using System.Threading.Channels;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Inference.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inference.Engine.Tests;

public sealed class EngineLoopTests : IDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly ScriptedExecutor _executor = new();
    private readonly CountingChannel _commands = new();
    private readonly AdmissionGate _gate = new(10);
    private readonly EngineLoop _loop;

    public EngineLoopTests()
    {
        var metrics = new EngineMetrics(_meters, "test-model", TimeProvider.System);
        var scheduler = new Scheduler(_executor.Limits, new SchedulerOptions(), _gate, metrics, TimeProvider.System);
        _loop = new EngineLoop(scheduler, _executor, new Sampler(_executor.Limits.VocabularySize), _commands, metrics, null, TimeProvider.System, NullLogger.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TurnAsync_NothingToDo_IsFalse()
    {
        Assert.False(await _loop.TurnAsync(Token));
        Assert.Empty(_executor.Plans);
    }

    [Fact]
    public async Task TurnAsync_Request_RunsOneStepPerTurn()
    {
        var sequence = Submit(maxTokens: 2);

        Assert.True(await _loop.TurnAsync(Token));
        Assert.Equal(1, sequence.GeneratedLength);
        Assert.Equal(1, _loop.Status.Running);
        Assert.True(await _loop.TurnAsync(Token));
        Assert.True(sequence.Status.IsFinished());
        Assert.False(await _loop.TurnAsync(Token));
        Assert.Equal(2, _executor.Plans.Count);
    }

    [Fact]
    public async Task RunAsync_Idle_SleepsUntilACommandComes()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Task.Run(() => _loop.RunAsync(stop.Token), Token);
        var sequence = Submit(maxTokens: 3);
        await CollectedResponse.ReadAsync(sequence.Events, Token);
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Writer.TryWrite(new EngineCommand.Drain(drained));
        await drained.Task.WaitAsync(Token);

        await stop.CancelAsync();
        await run;

        // At most: asleep at the start, after each of the two commands, and at the end.
        Assert.InRange(_commands.Waits, 1, 4);
        Assert.Equal(3, _executor.Plans.Count);
    }

    [Fact]
    public async Task RunAsync_SubmittedWhileStopping_StillEnds()
    {
        var sequence = Submit(maxTokens: 3);
        var drained = new TaskCompletionSource();
        _commands.Writer.TryWrite(new EngineCommand.Drain(drained));

        await _loop.RunAsync(new CancellationToken(canceled: true));

        Assert.Equal(FinishReason.Cancelled, (await CollectedResponse.ReadAsync(sequence.Events, Token)).Outcome.Reason);
        Assert.True(drained.Task.IsCompletedSuccessfully);
        Assert.False(_commands.Writer.TryWrite(new EngineCommand.CancelAll()));
        Assert.Equal(0, _gate.Count);
    }

    [Fact]
    public async Task TurnAsync_DrainWithASubmissionOnItsWay_WaitsForIt()
    {
        Assert.True(_gate.TryEnter(2));
        _gate.Close();
        var drained = new TaskCompletionSource();
        _commands.Writer.TryWrite(new EngineCommand.Drain(drained));
        await _loop.TurnAsync(Token);
        Assert.False(drained.Task.IsCompleted);

        var sequence = new Sequence(1, TestRequest.Greedy(promptLength: 2, maxTokens: 1), 100, 1, 0);
        _commands.Writer.TryWrite(new EngineCommand.Submit([sequence]));
        await _loop.TurnAsync(Token);
        Assert.False(drained.Task.IsCompleted);
        await _loop.TurnAsync(Token);

        Assert.True(drained.Task.IsCompleted);
        Assert.Equal(FinishReason.Length, (await CollectedResponse.ReadAsync(sequence.Events, Token)).Outcome.Reason);
    }

    public void Dispose() => _meters.Dispose();

    private Sequence Submit(int maxTokens)
    {
        Assert.True(_gate.TryEnter(2));
        var sequence = new Sequence(1, TestRequest.Greedy(promptLength: 2, maxTokens), 100, 1, 0);
        Assert.True(_commands.Writer.TryWrite(new EngineCommand.Submit([sequence])));
        return sequence;
    }

    /// <summary>Counts how often its reader is waited for.</summary>
    private sealed class CountingChannel : Channel<EngineCommand>
    {
        private readonly CountingReader _reader;

        public CountingChannel()
        {
            var inner = Channel.CreateUnbounded<EngineCommand>();
            Writer = inner.Writer;
            Reader = _reader = new CountingReader(inner.Reader);
        }

        public int Waits => _reader.Waits;

        private sealed class CountingReader(ChannelReader<EngineCommand> inner) : ChannelReader<EngineCommand>
        {
            private int _waits;

            public int Waits => Volatile.Read(ref _waits);

            public override bool TryRead(out EngineCommand item) => inner.TryRead(out item!);

            public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
            {
                Interlocked.Increment(ref _waits);
                return inner.WaitToReadAsync(cancellationToken);
            }
        }
    }
}

using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests;

public sealed class InferenceEngineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrySubmit_GreedyRequest_GivesTheModelsTokensAndOneEnd()
    {
        await using var host = new EngineHost();
        var request = TestRequest.Greedy(promptLength: 10, maxTokens: 20);

        var response = await host.RunAsync(request, Token);

        Assert.Equal(host.Executor.Continue(request.PromptTokenIds.Span, 20), response.TokenIds);
        Assert.Equal(FinishReason.Length, response.Outcome.Reason);
        Assert.Equal((10, 20), (response.Outcome.PromptTokens, response.Outcome.CompletionTokens));
        Assert.Empty(host.Executor.Violations);
    }

    [Fact]
    public async Task TrySubmit_ManyRequestsInASmallPool_EachAsIfAlone()
    {
        var executor = new ScriptedExecutor(new(VocabularySize: 97, MaxModelLength: 64, BlockSize: 4, BlockCount: 20));
        await using var host = new EngineHost(executor, new SchedulerOptions { MaxNumSeqs = 8, MaxNumBatchedTokens = 16 });
        var requests = Enumerable.Range(0, 32).Select(i => TestRequest.Greedy(1 + i % 30, maxTokens: 5 + i % 25, seed: i)).ToArray();

        var responses = await Task.WhenAll(requests.Select(request => host.RunAsync(request, Token)));

        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(executor.Continue(requests[i].PromptTokenIds.Span, requests[i].MaxTokens), responses[i].TokenIds);
        Assert.Empty(executor.Violations);
    }

    [Fact]
    public async Task TrySubmit_FromManyThreadsWithCancellations_EachEndsOnceAndNothingIsLost()
    {
        var executor = new ScriptedExecutor(new(VocabularySize: 97, MaxModelLength: 64, BlockSize: 4, BlockCount: 24));
        var options = new SchedulerOptions { MaxNumSeqs = 6, MaxNumBatchedTokens = 12, MaxQueueLength = 10_000 };
        await using var host = new EngineHost(executor, options);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token };

        await Parallel.ForEachAsync(Enumerable.Range(0, 600), parallel, async (i, token) =>
        {
            var request = TestRequest.Greedy(promptLength: 1 + i % 20, maxTokens: 1 + i % 30, seed: i);
            var stream = host.Submit(request);
            if (i % 3 == 0)
            {
                for (var read = 0; read < i % 7; read++)
                    await stream.Events.WaitToReadAsync(token);
                stream.Cancel();
                stream.Cancel();
            }

            var response = await CollectedResponse.ReadAsync(stream, token);
            if (i % 3 != 0 || response.Outcome.Reason != FinishReason.Cancelled)
                Assert.Equal((FinishReason.Length, request.MaxTokens), (response.Outcome.Reason, response.TokenIds.Count));
            Assert.Equal(executor.Continue(request.PromptTokenIds.Span, response.TokenIds.Count), response.TokenIds);
        });

        Assert.True(await host.Engine.DrainAsync(TimeSpan.FromMinutes(1), Token));
        Assert.Equal(new EngineStatus(0, 0, 0, 24), host.Engine.Status);
        Assert.Empty(executor.Violations);
    }

    [Fact]
    public async Task TrySubmit_NeverFits_IsRejectedAtOnceEvenWithAFullQueue()
    {
        await using var host = new EngineHost(options: new SchedulerOptions { MaxQueueLength = 1 }, start: false);
        host.Submit(TestRequest.Greedy(promptLength: 1, maxTokens: 1));

        var response = await host.RunAsync(TestRequest.Greedy(promptLength: 256, maxTokens: 1), Token);

        Assert.Equal(
            new RequestOutcome
            {
                Reason = FinishReason.Rejected,
                Error = "The prompt has 256 tokens; with one token of output, this model's maximum length allows at most 255.",
                PromptTokens = 256,
                CompletionTokens = 0,
            },
            response.Outcome);
    }

    [Fact]
    public async Task TrySubmit_MaxTokensBeyondTheModel_EndsAtTheModelsLength()
    {
        await using var host = new EngineHost();

        var response = await host.RunAsync(TestRequest.Greedy(promptLength: 250, maxTokens: int.MaxValue), Token);

        Assert.Equal((FinishReason.Length, 6), (response.Outcome.Reason, response.Outcome.CompletionTokens));
    }

    [Fact]
    public async Task TrySubmit_QueueIsFull_SaysSoUntilThereIsRoom()
    {
        await using var host = new EngineHost(options: new SchedulerOptions { MaxQueueLength = 2 }, start: false);
        var first = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 3));
        host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 3));

        Assert.Equal(SubmitOutcome.QueueFull, host.Engine.TrySubmit(TestRequest.Greedy(promptLength: 3, maxTokens: 3), out var refused));
        Assert.Null(refused);

        host.Engine.Start();
        await CollectedResponse.ReadAsync(first, Token);
        Assert.Equal(FinishReason.Length, (await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 3), Token)).Outcome.Reason);
    }

    [Fact]
    public async Task TrySubmit_SeveralTogether_AllOrNone()
    {
        await using var host = new EngineHost(options: new SchedulerOptions { MaxQueueLength = 3 }, start: false);
        var request = TestRequest.Greedy(promptLength: 3, maxTokens: 3);

        Assert.Equal(SubmitOutcome.Accepted, host.Engine.TrySubmit([request, request], out var streams));
        Assert.Equal(SubmitOutcome.QueueFull, host.Engine.TrySubmit([request, request], out var refused));
        Assert.Empty(refused);
        Assert.Equal(SubmitOutcome.Accepted, host.Engine.TrySubmit([request], out _));

        host.Engine.Start();
        foreach (var stream in streams)
            Assert.Equal(FinishReason.Length, (await CollectedResponse.ReadAsync(stream, Token)).Outcome.Reason);
    }

    [Fact]
    public async Task TrySubmit_SeveralTogetherWithOneThatNeverFits_OnlyThatOneIsRejected()
    {
        await using var host = new EngineHost();

        host.Engine.TrySubmit([TestRequest.Greedy(promptLength: 300, maxTokens: 3), TestRequest.Greedy(promptLength: 3, maxTokens: 3)], out var streams);

        var reasons = await Task.WhenAll(streams.Select(stream => CollectedResponse.ReadAsync(stream, Token)));
        Assert.Equal([FinishReason.Rejected, FinishReason.Length], reasons.Select(response => response.Outcome.Reason));
    }

    [Fact]
    public async Task TrySubmit_SeedsFromTheSource_DifferUnlessGiven()
    {
        await using var host = new EngineHost();
        var request = TestRequest.Greedy(promptLength: 5, maxTokens: 30) with { Sampling = new SamplingParameters { Temperature = 4 } };
        var seeded = request with { Sampling = request.Sampling with { Seed = 5 } };

        var responses = await Task.WhenAll(new[] { request, request, seeded, seeded }.Select(r => host.RunAsync(r, Token)));

        Assert.NotEqual(responses[0].TokenIds, responses[1].TokenIds);
        Assert.Equal(responses[2].TokenIds, responses[3].TokenIds);
    }

    [Fact]
    public async Task Cancel_InQueue_EndsWithoutEverRunning()
    {
        await using var host = new EngineHost(start: false);
        var stream = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 3));

        stream.Cancel();
        host.Engine.Start();

        var response = await CollectedResponse.ReadAsync(stream, Token);
        Assert.Equal((FinishReason.Cancelled, 0), (response.Outcome.Reason, response.Outcome.CompletionTokens));
        Assert.Empty(host.Executor.Plans);
    }

    [Fact]
    public async Task Cancel_DuringAStep_IsNotInTheNext()
    {
        await using var host = new EngineHost();
        host.Executor.Hold();
        var cancelled = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 50));
        await host.Executor.StepHeldAsync(Token);
        var other = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5));

        cancelled.Cancel();
        cancelled.Cancel();
        host.Executor.Release();

        var response = await CollectedResponse.ReadAsync(cancelled, Token);
        Assert.Equal((FinishReason.Cancelled, 1), (response.Outcome.Reason, response.Outcome.CompletionTokens));
        Assert.Equal(FinishReason.Length, (await CollectedResponse.ReadAsync(other, Token)).Outcome.Reason);
        var laterSteps = host.Executor.Plans.Skip(1).SelectMany(plan => plan.Sequences.ToArray());
        Assert.DoesNotContain(laterSteps, step => step.SequenceId == cancelled.SequenceId);
    }

    [Fact]
    public async Task Cancel_AfterTheEnd_DoesNothing()
    {
        await using var host = new EngineHost();
        var stream = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 3));
        Assert.Equal(FinishReason.Length, (await CollectedResponse.ReadAsync(stream, Token)).Outcome.Reason);

        stream.Cancel();

        Assert.Equal(FinishReason.Length, (await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 3), Token)).Outcome.Reason);
        Assert.False(stream.Events.TryRead(out _));
    }

    [Theory]
    [InlineData(true, "Scripted failure.")]
    [InlineData(false, "The engine failed to run the request.")]
    public async Task ExecutorFails_EveryTime_EachRequestEndsWithErrorAndTheLoopLives(bool isExecutionException, string message)
    {
        await using var host = new EngineHost();
        host.Executor.FailWith = _ =>
            isExecutionException ? new ExecutionException("Scripted failure.") : new InvalidOperationException("/secret/path");
        for (var i = 0; i < 50; i++)
        {
            var failed = await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 3), Token);
            Assert.Equal((FinishReason.Error, message), (failed.Outcome.Reason, failed.Outcome.Error));
        }

        host.Executor.FailWith = null;
        Assert.Equal(FinishReason.Length, (await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 3), Token)).Outcome.Reason);
        Assert.True(await host.Engine.DrainAsync(TimeSpan.FromMinutes(1), Token));
        Assert.Equal(0, host.Engine.Status.BlocksUsed);
    }

    [Fact]
    public async Task ExecutorIsCancelledByItself_IsAnErrorLikeAnyOther()
    {
        await using var host = new EngineHost();
        host.Executor.FailWith = plan => plan.StepIndex == 0 ? new OperationCanceledException() : null;

        Assert.Equal(FinishReason.Error, (await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 3), Token)).Outcome.Reason);
        Assert.Equal(FinishReason.Length, (await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 3), Token)).Outcome.Reason);
    }

    [Fact]
    public async Task ReaderBlocks_TheOthersGoOn()
    {
        await using var host = new EngineHost();
        using var isRead = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        host.Executor.Hold();
        var stream = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 3));
        var reader = Task.Run(async () =>
        {
            await stream.Events.ReadAsync(Token);
            // Were this the engine's thread, it would stand still now.
            isRead.Set();
            mayGoOn.Wait(Token);
        }, Token);
        await host.Executor.StepHeldAsync(Token);
        host.Executor.Release();
        await Task.Run(() => isRead.Wait(Token), Token);

        Assert.Equal(FinishReason.Length, (await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 3), Token)).Outcome.Reason);

        mayGoOn.Set();
        await reader;
    }

    [Fact]
    public async Task DrainAsync_RequestsEndInTime_IsTrueAndTakesNoMore()
    {
        await using var host = new EngineHost();
        host.Executor.Hold();
        var running = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5));
        var queued = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5));
        await host.Executor.StepHeldAsync(Token);

        var drain = host.Engine.DrainAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(SubmitOutcome.Draining, host.Engine.TrySubmit(TestRequest.Greedy(promptLength: 3, maxTokens: 5), out var refused));
        Assert.Null(refused);
        Assert.False(drain.IsCompleted);
        host.Executor.Release();

        Assert.True(await drain);
        Assert.Equal(FinishReason.Length, (await CollectedResponse.ReadAsync(running, Token)).Outcome.Reason);
        Assert.Equal(FinishReason.Length, (await CollectedResponse.ReadAsync(queued, Token)).Outcome.Reason);
        Assert.True(await host.Engine.DrainAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task DrainAsync_LimitPasses_CancelsTheRest()
    {
        // So long that it cannot end by itself before the limit is noticed.
        var executor = new ScriptedExecutor(new ModelLimits(97, MaxModelLength: 1_000_000, BlockSize: 64, BlockCount: 20_000));
        await using var host = new EngineHost(executor);
        host.Executor.Hold();
        var stream = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 900_000));
        await host.Executor.StepHeldAsync(Token);

        var drain = host.Engine.DrainAsync(TimeSpan.FromSeconds(30), Token);
        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(drain.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        host.Executor.Release();

        Assert.False(await drain);
        Assert.Equal(FinishReason.Cancelled, (await CollectedResponse.ReadAsync(stream, Token)).Outcome.Reason);
    }

    [Fact]
    public async Task DrainAsync_NothingThere_IsTrueAtOnce()
    {
        await using var host = new EngineHost(start: false);

        Assert.True(await host.Engine.DrainAsync(TimeSpan.FromSeconds(1), Token));
    }

    [Fact]
    public async Task DisposeAsync_InTheMiddle_CancelsRunningAndQueued()
    {
        var host = new EngineHost(options: new SchedulerOptions { MaxNumSeqs = 1 });
        host.Executor.Hold();
        var running = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5));
        await host.Executor.StepHeldAsync(Token);
        var queued = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5));

        await host.Engine.DisposeAsync();
        await host.Engine.DisposeAsync();

        Assert.Equal(FinishReason.Cancelled, (await CollectedResponse.ReadAsync(running, Token)).Outcome.Reason);
        Assert.Equal(FinishReason.Cancelled, (await CollectedResponse.ReadAsync(queued, Token)).Outcome.Reason);
        Assert.Equal(SubmitOutcome.Draining, host.Engine.TrySubmit(TestRequest.Greedy(promptLength: 3, maxTokens: 5), out _));
        Assert.True(host.Engine.Completion.IsCompletedSuccessfully);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_NeverStarted_CancelsWhatWaits()
    {
        var host = new EngineHost(start: false);
        var stream = host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5));

        await host.DisposeAsync();

        Assert.Equal(FinishReason.Cancelled, (await CollectedResponse.ReadAsync(stream, Token)).Outcome.Reason);
    }

    [Fact]
    public async Task LoopItselfFails_EveryRequestStillEnds()
    {
        await using var host = new EngineHost(options: new SchedulerOptions { MaxQueueLength = 5 }, start: false);
        var streams = Enumerable.Range(0, 5).Select(i => host.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5 + i))).ToArray();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == host.MeterScope && instrument.Name == "vllm:e2e_request_latency_seconds")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("A listener's bug."));
        listener.Start();

        host.Engine.Start();

        foreach (var stream in streams)
            await CollectedResponse.ReadAsync(stream, Token);
        await Assert.ThrowsAnyAsync<Exception>(() => host.Engine.Completion);
        for (var i = 0; i < 10; i++)
            Assert.Equal(SubmitOutcome.Draining, host.Engine.TrySubmit(TestRequest.Greedy(promptLength: 3, maxTokens: 5), out _));
        Assert.True(await host.Engine.DrainAsync(TimeSpan.FromSeconds(1), Token));
    }

    [Fact]
    public async Task Constructor_PoolSmallerThanTheModel_BoundsRequestsToThePool()
    {
        await using var host = new EngineHost(new ScriptedExecutor(new ModelLimits(97, MaxModelLength: 1000, BlockSize: 4, BlockCount: 5)));

        Assert.Equal(20, host.Engine.MaxSequenceLength);
        Assert.Equal(17, (await host.RunAsync(TestRequest.Greedy(promptLength: 3, maxTokens: 500), Token)).Outcome.CompletionTokens);
    }

    [Fact]
    public void Constructor_WrongOptions_NamesTheOption()
    {
        var exception = Assert.Throws<ArgumentException>(() => new EngineHost(options: new SchedulerOptions { MaxNumSeqs = 0 }));

        Assert.Contains("max_num_seqs", exception.Message, StringComparison.Ordinal);
    }
}

using System.Threading.Channels;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Microsoft.Extensions.Logging;

namespace Inference.Engine;

/// <summary>
/// The one owner of sequences and cache blocks: takes commands between steps, and runs steps (schedule, execute, sample, apply) while
/// there is anything to compute. A failing step costs the sequences in it, never the loop.
/// </summary>
internal sealed partial class EngineLoop(
    Scheduler scheduler,
    IModelExecutor executor,
    Sampler sampler,
    Channel<EngineCommand> commands,
    EngineMetrics metrics,
    StepJournal? journal,
    TimeProvider time,
    ILogger logger)
{
    private readonly List<TaskCompletionSource> _drains = [];
    private volatile EngineStatus _status = scheduler.Status;

    /// <summary>As of the latest step's scheduling.</summary>
    public EngineStatus Status => _status;

    /// <summary>Runs until stopped, then ends every request that is left.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var (reason, error) = (FinishReason.Error, (string?)"The engine stopped unexpectedly.");
        try
        {
            while (await TurnAsync(stop) || await WaitAsync(stop))
            {
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            (reason, error) = (FinishReason.Cancelled, null);
        }
        catch (Exception exception)
        {
            Log.LoopFailed(logger, exception);
            throw;
        }
        finally
        {
            Shutdown(reason, error);
        }
    }

    /// <summary>Takes the commands that are there, then runs one step. Returns false when there was nothing to compute.</summary>
    internal async ValueTask<bool> TurnAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        while (commands.Reader.TryRead(out var command))
            Obey(command);

        var step = scheduler.Schedule();
        Publish();
        if (step is not null)
            await RunStepAsync(step, stop);
        return step is not null;
    }

    /// <summary>Waits for commands, or for the time when a batch must start. False: no command will ever come.</summary>
    private async ValueTask<bool> WaitAsync(CancellationToken stop)
    {
        if (scheduler.WakeAfter is not { } delay)
            return await commands.Reader.WaitToReadAsync(stop);

        using var alarm = new CancellationTokenSource(delay, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, stop);
        try
        {
            return await commands.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return true;
        }
    }

    private async ValueTask RunStepAsync(ScheduledStep step, CancellationToken stop)
    {
        try
        {
            var start = time.GetTimestamp();
            var result = await executor.ExecuteAsync(step.Plan, stop);
            var tokens = sampler.Sample(step, result);
            var elapsed = time.GetElapsedTime(start).TotalSeconds;
            metrics.StepExecuted(elapsed);
            journal?.Add(step, tokens, elapsed, _status);
            scheduler.Apply(step, tokens);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            scheduler.Fail(step, FinishReason.Cancelled, null);
        }
        catch (Exception exception)
        {
            Log.StepFailed(logger, step.Plan.StepIndex, step.Entries.Length, exception);
            // The executor's own messages are fit for clients; what else may be thrown is not.
            var message = exception is ExecutionException ? exception.Message : "The engine failed to run the request.";
            scheduler.Fail(step, FinishReason.Error, message);
        }
    }

    private void Obey(EngineCommand command)
    {
        switch (command)
        {
            case EngineCommand.Submit(var sequences):
                foreach (var sequence in sequences)
                    scheduler.Add(sequence);
                break;
            case EngineCommand.End(var sequenceId, var reason):
                scheduler.End(sequenceId, reason);
                break;
            case EngineCommand.CancelAll:
                scheduler.FinishAll(FinishReason.Cancelled);
                break;
            case EngineCommand.Drain(var idle):
                _drains.Add(idle);
                break;
        }
    }

    private void Publish()
    {
        _status = scheduler.Status;
        metrics.StatusChanged(_status);
        if (_drains.Count > 0 && scheduler.IsIdle)
            CompleteDrains();
    }

    private void CompleteDrains()
    {
        foreach (var idle in _drains)
            idle.TrySetResult();
        _drains.Clear();
    }

    /// <summary>
    /// Closes the channel, so that later submissions are refused, and takes in what was submitted before: everything gets its end.
    /// </summary>
    private void Shutdown(FinishReason reason, string? error)
    {
        commands.Writer.TryComplete();
        while (commands.Reader.TryRead(out var command))
        {
            if (command is EngineCommand.Submit or EngineCommand.Drain)
                Obey(command);
        }

        try
        {
            scheduler.FinishAll(reason, error);
        }
        finally
        {
            Publish();
            CompleteDrains();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Step {StepIndex} failed; its {SequenceCount} requests end with an error.")]
        public static partial void StepFailed(ILogger logger, long stepIndex, int sequenceCount, Exception exception);

        [LoggerMessage(2, LogLevel.Critical, "The engine loop failed; every request ends with an error and no more are taken.")]
        public static partial void LoopFailed(ILogger logger, Exception exception);
    }
}

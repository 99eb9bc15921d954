namespace Inference.Execution;

/// <summary>
/// Lets several executors have the cores one after the other, in the order in which they ask: each waits for the end of the turn before its
/// own, as in the queue lock of Craig, and of Landin and Hagersten (1993).
/// </summary>
public sealed class ExecutionTurns
{
    private Task _last = Task.CompletedTask;

    /// <summary>Waits for a turn.</summary>
    /// <returns>The turn, which ends when it is disposed of.</returns>
    /// <exception cref="OperationCanceledException">Nobody waits any more; whoever is next does not notice.</exception>
    public async ValueTask<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        // Continuations run elsewhere: who ends a turn must not run the next one's step.
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Interlocked.Exchange(ref _last, end.Task);
        try
        {
            await before.WaitAsync(cancellationToken);
        }
        catch
        {
            _ = before.ContinueWith(_ => end.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        return new Turn(end);
    }

    private sealed class Turn(TaskCompletionSource end) : IDisposable
    {
        public void Dispose() => end.TrySetResult();
    }
}

using System.Runtime.ExceptionServices;

namespace Inference.Models.Graphs.Int8;

/// <summary>
/// Work in numbered items that is done once, by all threads that ask for its result: each takes items until none is left, and then waits
/// for those that others are still busy with.
/// </summary>
internal sealed class SharedWork(int count, Action<int> work)
{
    private readonly TaskCompletionSource _completion = new();
    private int _taken;
    private int _finished;
    private volatile Exception? _failure;

    /// <summary>Returns when all items are done.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, here or on another thread; the rest is not done.</exception>
    /// <exception cref="Exception">What an item threw, on this thread or another; the rest is not done.</exception>
    public void Complete(CancellationToken cancellationToken)
    {
        while (_failure is null && TryTake(out var item))
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                work(item);
            }
            catch (Exception exception)
            {
                _failure = exception;
                throw;
            }
            finally
            {
                if (Interlocked.Increment(ref _finished) == count)
                {
                    _completion.SetResult();
                }
            }
        }

        // Without a failure so far every item has been taken, and whoever took one finishes it.
        if (_failure is null)
        {
            _completion.Task.Wait(CancellationToken.None);
        }

        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private bool TryTake(out int item)
    {
        // The look first keeps the counter from running on when the result is asked for again and again.
        item = Volatile.Read(ref _taken) < count ? Interlocked.Increment(ref _taken) - 1 : count;
        return item < count;
    }
}

using Inference.Grammar.Vocabulary;

namespace Inference.Grammar;

/// <summary>
/// Compiles constraints for one vocabulary, each once: those used last are kept, and whoever asks for one that is being compiled waits for
/// it. Compiling runs on the thread pool, a few at a time. Thread-safe.
/// </summary>
public sealed class ConstraintCache
{
    private readonly TokenVocabulary _vocabulary;
    private readonly ConstraintLimits _limits;
    private readonly TimeProvider _time;
    private readonly int _capacity;
    private readonly long _maxSize;
    private readonly TaskFactory _compilers;
    private readonly Lock _gate = new();

    // Below the gate: the first entry of the order is the one used last.
    private readonly Dictionary<ConstraintSpec, LinkedListNode<(ConstraintSpec Spec, Task<CompiledConstraint> Task)>> _entries = [];
    private readonly LinkedList<(ConstraintSpec Spec, Task<CompiledConstraint> Task)> _order = new();

    /// <param name="vocabulary">The tokens of all constraints.</param>
    /// <param name="limits">The limits of each.</param>
    /// <param name="time">The clock for the time limit.</param>
    /// <param name="capacity">How many are kept, at least 1.</param>
    /// <param name="parallelism">How many are compiled at a time, at least 1.</param>
    /// <param name="maxSize">
    /// Their memory in bytes, roughly; checked when another is added, as they grow with what is learnt about them. The latest is always kept.
    /// </param>
    public ConstraintCache(
        TokenVocabulary vocabulary, ConstraintLimits limits, TimeProvider time, int capacity, int parallelism, long maxSize = 256L << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        (_vocabulary, _limits, _time, _capacity, _maxSize) = (vocabulary, limits, time, capacity, maxSize);
        _compilers = new TaskFactory(
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            TaskContinuationOptions.None,
            new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, parallelism).ConcurrentScheduler);
    }

    /// <summary>How many are kept or being compiled.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>The compiled constraint. One that fails is not kept.</summary>
    /// <param name="spec">What to compile.</param>
    /// <param name="cancellation">Stops waiting; what others may wait for is compiled to its end.</param>
    /// <exception cref="ConstraintException">It cannot be compiled.</exception>
    public Task<CompiledConstraint> GetAsync(ConstraintSpec spec, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Task<CompiledConstraint> task;
        lock (_gate)
        {
            if (_entries.TryGetValue(spec, out var entry))
            {
                _order.Remove(entry);
                _order.AddFirst(entry);
                return entry.Value.Task.WaitAsync(cancellation);
            }

            task = _compilers.StartNew(() => ConstraintCompiler.Compile(spec, _vocabulary, _limits, _time, CancellationToken.None));
            _entries[spec] = _order.AddFirst((spec, task));
            Trim();
        }

        return ForgettingFailureAsync(spec, task).WaitAsync(cancellation);
    }

    private async Task<CompiledConstraint> ForgettingFailureAsync(ConstraintSpec spec, Task<CompiledConstraint> task)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            lock (_gate)
            {
                if (_entries.TryGetValue(spec, out var entry) && entry.Value.Task == task)
                    Remove(entry);
            }

            throw;
        }
    }

    private void Trim()
    {
        while (_entries.Count > _capacity)
            Remove(_order.Last!);

        var size = _order.Sum(entry => SizeOf(entry.Task));
        while (size > _maxSize && _entries.Count > 1)
        {
            size -= SizeOf(_order.Last!.Value.Task);
            Remove(_order.Last!);
        }

        static long SizeOf(Task<CompiledConstraint> task) => task.IsCompletedSuccessfully ? task.Result.Size : 0;
    }

    private void Remove(LinkedListNode<(ConstraintSpec Spec, Task<CompiledConstraint> Task)> entry)
    {
        _entries.Remove(entry.Value.Spec);
        _order.Remove(entry);
    }
}

namespace Inference.LoadTest.Tests.Doubles;

/// <summary>
/// A clock and the one thread of everything that waits for it: whatever can run runs, then time jumps to the next timer. A run of the
/// harness is the same in every detail each time, however long it lasts.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly PriorityQueue<(VirtualTimer Timer, long Setting), (long Due, long Setting)> _timers = new();
    private long _now;
    private long _settings;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs until the work is done, and rethrows what it throws.</summary>
    public T Run<T>(Func<Task<T>> work)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new Context(this));
        try
        {
            var task = work();
            while (!task.IsCompleted)
            {
                if (_ready.TryDequeue(out var next))
                    next.Callback(next.State);
                else
                    Advance();
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Advance()
    {
        if (!_timers.TryDequeue(out var entry, out var when))
            throw new InvalidOperationException("Everything waits, and no timer is set.");
        if (!entry.Timer.IsSetTo(entry.Setting))
            return;
        _now = Math.Max(_now, when.Due);
        entry.Timer.Fire();
    }

    private long Schedule(VirtualTimer timer, TimeSpan delay)
    {
        _timers.Enqueue((timer, ++_settings), (_now + Math.Max(0, delay.Ticks), _settings));
        return _settings;
    }

    private sealed class Context(VirtualTime owner) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => owner._ready.Enqueue((d, state));

        public override void Send(SendOrPostCallback d, object? state) => d(state);
    }

    private sealed class VirtualTimer(VirtualTime owner, Action callback) : ITimer
    {
        private const long Off = 0;
        private long _setting;

        /// <summary>Whether the timer was not changed since.</summary>
        public bool IsSetTo(long setting) => _setting == setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _setting = dueTime == Timeout.InfiniteTimeSpan ? Off : owner.Schedule(this, dueTime);
            return true;
        }

        public void Fire()
        {
            _setting = Off;
            callback();
        }

        public void Dispose() => _setting = Off;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

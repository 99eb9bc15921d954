namespace Inference.Engine.Scheduling;

/// <summary>
/// Counts requests that were accepted and never scheduled, up to a limit. This is what bounds the command channel: submitting threads
/// enter before they write to it, the engine loop leaves for them. The one thing that both sides write: a single atomic number.
/// </summary>
internal sealed class AdmissionGate(int capacity)
{
    /// <summary>The sign bit says that the gate is closed, the others count.</summary>
    private const int Closed = int.MinValue;

    private int _state;

    public int Count => Volatile.Read(ref _state) & ~Closed;

    public bool IsClosed => Volatile.Read(ref _state) < 0;

    public bool TryEnter()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state < 0 || state >= capacity)
                return false;
            if (Interlocked.CompareExchange(ref _state, state + 1, state) == state)
                return true;
        }
    }

    public void Leave() => Interlocked.Decrement(ref _state);

    /// <summary>Lets nobody in any more. Those inside are still counted: at 0 no submission is on its way.</summary>
    public void Close() => Interlocked.Or(ref _state, Closed);
}

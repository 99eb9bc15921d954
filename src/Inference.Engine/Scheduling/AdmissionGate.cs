namespace Inference.Engine.Scheduling;

/// <summary>
/// Counts requests that were accepted and never scheduled, and the tokens of their prompts, up to a limit of each. This is what bounds the
/// command channel: submitting threads enter before they write to it, the engine loop leaves for them. The one thing that both sides
/// write: a single atomic number.
/// </summary>
/// <param name="capacity">The most requests.</param>
/// <param name="tokenCapacity">The most tokens, except for requests that come together while nobody else is inside.</param>
internal sealed class AdmissionGate(int capacity, long tokenCapacity = long.MaxValue)
{
    /// <summary>The sign bit says that the gate is closed, the next 24 count requests, the last 39 count tokens.</summary>
    private const long Closed = long.MinValue;
    private const int TokenBits = 39;
    private const long OneRequest = 1L << TokenBits;
    private const long TokenMask = OneRequest - 1;

    private readonly int _capacity = Math.Min(capacity, (1 << 24) - 1);

    /// <summary>One request more must never overflow the count of tokens.</summary>
    private readonly long _tokenCapacity = Math.Min(tokenCapacity, TokenMask - int.MaxValue);

    private long _state;

    public int Count => (int)((Volatile.Read(ref _state) & ~Closed) >> TokenBits);

    public long TokenCount => Volatile.Read(ref _state) & TokenMask;

    public bool IsClosed => Volatile.Read(ref _state) < 0;

    /// <summary>Lets all of them in, or none.</summary>
    /// <param name="tokenCount">Of all their prompts.</param>
    /// <param name="requests">At least 1.</param>
    public bool TryEnter(long tokenCount, int requests = 1)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state < 0 || !HasRoom((int)(state >> TokenBits), requests, (state & TokenMask) + tokenCount))
                return false;
            if (Interlocked.CompareExchange(ref _state, state + (requests * OneRequest) + tokenCount, state) == state)
                return true;
        }
    }

    /// <param name="tokenCount">As when they entered, or one request's part of it.</param>
    /// <param name="requests">How many leave.</param>
    public void Leave(long tokenCount, int requests = 1) => Interlocked.Add(ref _state, -(requests * OneRequest) - tokenCount);

    /// <summary>Lets nobody in any more. Those inside are still counted: at 0 no submission is on its way.</summary>
    public void Close() => Interlocked.Or(ref _state, Closed);

    private bool HasRoom(int count, int more, long tokens) =>
        count + more <= _capacity && tokens <= (count == 0 ? TokenMask : _tokenCapacity);
}

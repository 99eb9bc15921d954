namespace Inference.Engine.Requests;

/// <summary>
/// What some requests' tokens are computed with beside the model's own weights (LoRA). Immutable, and so shared by all requests that name
/// it; the executor knows what is in it. It lives until its owner has retired it and the last request with it has ended. The count of its
/// users is atomic, for requests come from any thread and end on the engine's.
/// </summary>
public abstract class Adapter
{
    private static long _lastId;

    // The owner is a user too, until it retires the adapter.
    private int _users = 1;
    private int _isRetired;

    /// <summary>Never given out twice, not even to an adapter of the same name: what the prefix cache knows of one is nobody else's.</summary>
    public long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>Takes no more requests; those there are go on with it, and the last of them frees it. Calling it again does nothing.</summary>
    public void Retire()
    {
        if (Interlocked.Exchange(ref _isRetired, 1) == 0)
        {
            Release();
        }
    }

    /// <summary>A request begins with it. False: it is gone.</summary>
    internal bool TryHold()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return true;
            }

            users = before;
        }

        return false;
    }

    /// <summary>A request with it has ended.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Free();
        }
    }

    /// <summary>Gives its memory back: nobody uses it any more.</summary>
    protected abstract void Free();
}

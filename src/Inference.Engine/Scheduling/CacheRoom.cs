using Inference.Engine.Caching;

namespace Inference.Engine.Scheduling;

/// <summary>Whether the cache has room for who is to join: for all that it has now, and for what those that run will want. Owned by the engine loop.</summary>
internal sealed class CacheRoom(BlockPool pool, RunningSequences running, SchedulerOptions options)
{
    private readonly GrowthForecast? _forecast = options.Conservativeness > 0 ? new GrowthForecast(options.Conservativeness) : null;

    /// <summary>The one that did not fit: nor will it before one of those that run has left.</summary>
    private Sequence? _refused;

    /// <summary>Whether there is no need to look again at a sequence that did not fit.</summary>
    public bool HasRefused(Sequence sequence) => sequence == _refused;

    /// <summary>A sequence does not fit.</summary>
    public void Refuse(Sequence sequence) => _refused = sequence;

    /// <summary>One of those that run has left.</summary>
    public void Free() => _refused = null;

    /// <summary>An answer ended by itself, after so many tokens.</summary>
    public void Observe(int generatedLength) => _forecast?.Observe(generatedLength);

    /// <summary>Whether a sequence can join.</summary>
    /// <param name="sequence">The first in the queue.</param>
    /// <param name="match">What is in the cache of it already.</param>
    public bool Fits(Sequence sequence, in PrefixMatch match)
    {
        var isPaged = options.Allocation == CacheAllocation.Paged;
        var needed = pool.BlocksFor(isPaged ? sequence.TotalLength : sequence.MaxLength) - match.Blocks + match.FreeBlocks;
        if (!isPaged)
            return needed <= pool.FreeCount;
        // Beams part in the block that the prompt ends in.
        needed += (sequence.Beams?.Width ?? 1) - 1;
        if (!SchedulingPolicy.MayAdmit(needed, pool.FreeCount, running.Count))
            return false;
        if (_forecast is null || running.Count == 0)
            return true;

        var spare = (long)(pool.FreeCount - needed) * pool.BlockSize;
        return _forecast.Peak(running.All, sequence, sequence.TotalLength - match.Length, spare) <= spare;
    }
}

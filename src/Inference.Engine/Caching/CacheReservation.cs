using Inference.Engine.Execution;

namespace Inference.Engine.Caching;

/// <summary>
/// The blocks by which a step grows one sequence's table. <see cref="Commit"/> makes them the sequence's; <see cref="Dispose"/> gives back
/// what was not committed. Both may be called again without effect, for the state is in the table: copies of this value are one
/// reservation.
/// </summary>
internal readonly struct CacheReservation(BlockPool pool, BlockTable table, BlockCopy? copy = null) : IDisposable
{
    /// <summary>
    /// What must be copied before the step writes: a block of the table that others hold too was replaced. That stands, committed or not,
    /// for what the replaced one held is not the table's any more.
    /// </summary>
    public BlockCopy? Copy => copy;

    /// <summary>Makes them the sequence's, as far as so many tokens need them, and gives back the rest.</summary>
    public void Commit(int tokenCount = int.MaxValue)
    {
        pool.Truncate(table, pool.BlocksFor(tokenCount));
        table.Commit();
    }

    public void Dispose() => pool.Truncate(table, table.CommittedCount);
}

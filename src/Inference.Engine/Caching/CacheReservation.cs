namespace Inference.Engine.Caching;

/// <summary>
/// The blocks by which a step grows one sequence's table. <see cref="Commit"/> makes them the sequence's; <see cref="Dispose"/> gives back
/// what was not committed. Both may be called again without effect, for the state is in the table: copies of this value are one
/// reservation.
/// </summary>
internal readonly struct CacheReservation(BlockPool pool, BlockTable table) : IDisposable
{
    public void Commit() => table.Commit();

    public void Dispose() => pool.Truncate(table, table.CommittedCount);
}

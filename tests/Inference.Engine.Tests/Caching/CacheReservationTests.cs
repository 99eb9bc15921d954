using Inference.Engine.Caching;

namespace Inference.Engine.Tests.Caching;

public sealed class CacheReservationTests
{
    private readonly BlockPool _pool = new(8, 4);
    private readonly BlockTable _table = new();

    [Fact]
    public void Dispose_WithoutCommit_GivesTheGrowthBackAndKeepsTheRest()
    {
        _pool.TryReserve(_table, 0, 8, out var first);
        first.Commit();
        _pool.TryReserve(_table, 0, 20, out var second);
        Assert.Equal((5, 2), (_table.Count, _table.CommittedCount));

        second.Dispose();
        second.Dispose();

        Assert.Equal([0, 1], _table.Blocks.ToArray());
        Assert.Equal(6, _pool.FreeCount);
    }

    [Fact]
    public void Dispose_AfterCommit_KeepsAll()
    {
        using (_pool.TryReserve(_table, 0, 8, out var reservation) ? reservation : default)
            reservation.Commit();

        Assert.Equal((2, 2), (_table.Count, _table.CommittedCount));
    }

    [Fact]
    public void Dispose_AfterRelease_DoesNothing()
    {
        _pool.TryReserve(_table, 0, 8, out var reservation);
        _pool.Release(_table);

        reservation.Dispose();

        Assert.Equal(8, _pool.FreeCount);
    }
}

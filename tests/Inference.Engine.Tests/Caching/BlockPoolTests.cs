using Inference.Engine.Caching;

namespace Inference.Engine.Tests.Caching;

public sealed class BlockPoolTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(17, 2)]
    [InlineData(int.MaxValue, 134217728)]
    public void BlocksFor_Tokens_RoundsUp(int tokens, int blocks)
    {
        Assert.Equal(blocks, new BlockPool(4, 16).BlocksFor(tokens));
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(-1, 16)]
    [InlineData(4, 0)]
    public void Constructor_NotPositive_Throws(int blockCount, int blockSize)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockPool(blockCount, blockSize));
    }

    [Fact]
    public void TryReserve_FreshPool_GivesBlocksFromTheFirst()
    {
        var pool = new BlockPool(4, 16);
        var table = new BlockTable();

        Assert.True(pool.TryReserve(table, 33, out _));

        Assert.Equal([0, 1, 2], table.Blocks.ToArray());
        Assert.Equal((1, 3), (pool.FreeCount, pool.UsedCount));
    }

    [Fact]
    public void TryReserve_TooFewFree_ChangesNothing()
    {
        var pool = new BlockPool(4, 16);
        var table = new BlockTable();
        pool.TryReserve(table, 33, out var first);
        first.Commit();

        Assert.False(pool.TryReserve(table, 65, out var second));
        second.Dispose();

        Assert.Equal([0, 1, 2], table.Blocks.ToArray());
        Assert.Equal(1, pool.FreeCount);
    }

    [Fact]
    public void TryReserve_TableIsLongEnough_TakesNothing()
    {
        var pool = new BlockPool(1, 16);
        var table = new BlockTable();
        pool.TryReserve(table, 1, out var first);
        first.Commit();

        Assert.True(pool.TryReserve(table, 16, out _));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Release_CommittedAndReserved_TakesAllBackAndHandsThemOutFirstToLast()
    {
        var pool = new BlockPool(4, 16);
        var table = new BlockTable();
        pool.TryReserve(table, 16, out var first);
        first.Commit();
        pool.TryReserve(table, 48, out _);

        pool.Release(table);
        pool.Release(table);

        Assert.Equal((0, 0, 4), (table.Count, table.CommittedCount, pool.FreeCount));
        pool.TryReserve(table, 64, out _);
        Assert.Equal([0, 1, 2, 3], table.Blocks.ToArray());
    }

    [Fact]
    public void Release_BlockFreedTwice_Throws()
    {
        var pool = new BlockPool(4, 16);
        var table = new BlockTable();
        var thief = new BlockTable();
        pool.TryReserve(table, 16, out _);
        thief.Append(table.Blocks.Span[0]);
        pool.Release(table);

        var exception = Assert.Throws<InvalidOperationException>(() => pool.Release(thief));
        Assert.Contains("block 0 was freed twice", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReserve_RandomTraffic_EveryBlockIsInOnePlace()
    {
        const int Seed = 5;
        var random = new Random(Seed);
        var pool = new BlockPool(50, 4);
        var tables = Enumerable.Range(0, 8).Select(_ => new BlockTable()).ToArray();
        for (var i = 0; i < 5000; i++)
        {
            var table = tables[random.Next(tables.Length)];
            if (random.Next(4) == 0)
                pool.Release(table);
            else if (pool.TryReserve(table, 4 * table.Count + random.Next(12), out var reservation) && random.Next(2) == 0)
                reservation.Commit();
            else
                reservation.Dispose();

            var blocks = tables.SelectMany(t => t.Blocks.ToArray()).Concat(pool.Free).Order();
            Assert.Equal(Enumerable.Range(0, 50), blocks);
        }
    }
}

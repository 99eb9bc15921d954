using Inference.Engine.Caching;
using Inference.Engine.Execution;

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

        Assert.True(pool.TryReserve(table, 0, 33, out _));

        Assert.Equal([0, 1, 2], table.Blocks.ToArray());
        Assert.Equal((1, 3), (pool.FreeCount, pool.UsedCount));
    }

    [Fact]
    public void TryReserve_TooFewFree_ChangesNothing()
    {
        var pool = new BlockPool(4, 16);
        var table = new BlockTable();
        pool.TryReserve(table, 0, 33, out var first);
        first.Commit();

        Assert.False(pool.TryReserve(table, 0, 65, out var second));
        second.Dispose();

        Assert.Equal([0, 1, 2], table.Blocks.ToArray());
        Assert.Equal(1, pool.FreeCount);
    }

    [Fact]
    public void TryReserve_TableIsLongEnough_TakesNothing()
    {
        var pool = new BlockPool(1, 16);
        var table = new BlockTable();
        pool.TryReserve(table, 0, 1, out var first);
        first.Commit();

        Assert.True(pool.TryReserve(table, 0, 16, out _));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Release_CommittedAndReserved_TakesAllBackAndHandsThemOutFirstToLast()
    {
        var pool = new BlockPool(4, 16);
        var table = new BlockTable();
        pool.TryReserve(table, 0, 16, out var first);
        first.Commit();
        pool.TryReserve(table, 0, 48, out _);

        pool.Release(table);
        pool.Release(table);

        Assert.Equal((0, 0, 4), (table.Count, table.CommittedCount, pool.FreeCount));
        pool.TryReserve(table, 0, 64, out _);
        Assert.Equal([0, 1, 2, 3], table.Blocks.ToArray());
    }

    [Fact]
    public void Release_BlockFreedTwice_Throws()
    {
        var pool = new BlockPool(4, 16);
        var table = new BlockTable();
        var thief = new BlockTable();
        pool.TryReserve(table, 0, 16, out _);
        thief.Append(table.Blocks.Span[0]);
        pool.Release(table);

        var exception = Assert.Throws<InvalidOperationException>(() => pool.Release(thief));
        Assert.Contains("block 0 was freed twice", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fork_InsideABlock_TheFirstToWriteGetsACopyAndTheOtherKeepsIt()
    {
        var (pool, source, fork) = (new BlockPool(8, 4), new BlockTable(), new BlockTable());
        Grow(pool, source, 0, 7);

        pool.Fork(fork, source, 6);
        Assert.Equal([0, 1], fork.Blocks.ToArray());
        Assert.Equal((2, 6), (fork.CommittedCount, pool.FreeCount));

        Assert.Equal(new BlockCopy(1, 2), Grow(pool, fork, 6, 7).Copy);
        Assert.Null(Grow(pool, source, 7, 8).Copy);
        Assert.Equal([0, 1], source.Blocks.ToArray());
        Assert.Equal([0, 2], fork.Blocks.ToArray());
        Assert.Equal([2, 1, 1], Enumerable.Range(0, 3).Select(pool.ReferencesTo));
    }

    [Fact]
    public void Fork_InsideABlock_TheSourceMayBeTheFirstToWrite()
    {
        var (pool, source, fork) = (new BlockPool(8, 4), new BlockTable(), new BlockTable());
        Grow(pool, source, 0, 7);
        pool.Fork(fork, source, 7);

        Assert.Equal(new BlockCopy(1, 2), Grow(pool, source, 7, 8).Copy);
        Assert.Null(Grow(pool, fork, 7, 8).Copy);
    }

    [Fact]
    public void Fork_AtTheEndOfABlock_NothingIsCopied()
    {
        var (pool, source, fork) = (new BlockPool(8, 4), new BlockTable(), new BlockTable());
        Grow(pool, source, 0, 11);

        pool.Fork(fork, source, 8);

        Assert.Null(Grow(pool, fork, 8, 9).Copy);
        Assert.Equal([0, 1, 3], fork.Blocks.ToArray());
    }

    [Fact]
    public void TryReserve_CopyDoesNotFit_ChangesNothing()
    {
        var (pool, source, fork) = (new BlockPool(3, 4), new BlockTable(), new BlockTable());
        Grow(pool, source, 0, 7);
        pool.Fork(fork, source, 7);

        Assert.False(pool.TryReserve(fork, 7, 9, out var reservation));
        reservation.Dispose();

        Assert.Equal([0, 1], fork.Blocks.ToArray());
        Assert.Equal([2, 2, 0], Enumerable.Range(0, 3).Select(pool.ReferencesTo));
    }

    [Fact]
    public void TryReserve_ForkIsTheLastHolder_WritesInPlace()
    {
        var (pool, source, fork) = (new BlockPool(3, 4), new BlockTable(), new BlockTable());
        Grow(pool, source, 0, 7);
        pool.Fork(fork, source, 7);
        pool.Release(source);

        Assert.Null(Grow(pool, fork, 7, 8).Copy);
        Assert.Equal([0, 1], fork.Blocks.ToArray());
    }

    [Fact]
    public void TryReserve_LastHolderOfAKnownBlock_CopiesIt()
    {
        int[] tokens = [1, 2, 3, 4];
        var contents = new BlockContents(3, 4);
        var (pool, source, fork) = (new BlockPool(3, 4, contents), new BlockTable(), new BlockTable());
        Grow(pool, source, 0, 4);
        new PrefixCache(pool, contents).Keep(source, new PrefixChain(default), tokens, 0);
        pool.Fork(fork, source, 3);
        pool.Release(source);

        Assert.Equal(new BlockCopy(0, 1), Grow(pool, fork, 3, 4).Copy);
        Assert.True(contents.IsKnown(0));
        Assert.Equal(2, pool.FreeCount);
    }

    [Fact]
    public void Dispose_OfACopy_LosesNothing()
    {
        var (pool, source, fork) = (new BlockPool(4, 4), new BlockTable(), new BlockTable());
        Grow(pool, source, 0, 7);
        pool.Fork(fork, source, 7);

        Assert.True(pool.TryReserve(fork, 7, 9, out var reservation));
        reservation.Dispose();
        pool.Release(fork);

        Assert.Equal([1, 1, 0, 0], Enumerable.Range(0, 4).Select(pool.ReferencesTo));
    }

    /// <summary>Tables that grow, fork and end: what each has written is there, whoever shares its blocks.</summary>
    [Fact]
    public void Fork_RandomTraffic_EachTableReadsWhatItWrote()
    {
        const int Seed = 6;
        var random = new Random(Seed);
        var pool = new BlockPool(40, 4);
        var slots = new int[40 * 4];
        var tables = Enumerable.Range(0, 8).Select(_ => (Blocks: new BlockTable(), Values: new List<int>())).ToArray();
        var copies = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var (blocks, values) = tables[random.Next(tables.Length)];
            var (others, otherValues) = tables[random.Next(tables.Length)];
            if (random.Next(8) == 0)
            {
                pool.Release(blocks);
                values.Clear();
            }
            else if (values.Count == 0 && otherValues.Count > 0)
            {
                values.AddRange(otherValues.Take(random.Next(1, otherValues.Count + 1)));
                pool.Fork(blocks, others, values.Count);
            }
            else
            {
                var count = values.Count + random.Next(1, 6);
                if (pool.TryReserve(blocks, values.Count, count, out var reservation))
                {
                    reservation.Commit();
                    Write(blocks, values, count, reservation.Copy);
                }
            }

            foreach (var table in tables)
                Assert.Equal(table.Values, Enumerable.Range(0, table.Values.Count).Select(at => slots[table.Blocks.Blocks.Span[at / 4] * 4 + at % 4]));
            var uses = tables.SelectMany(table => table.Blocks.Blocks.ToArray()).ToLookup(block => block);
            Assert.All(Enumerable.Range(0, 40), block => Assert.Equal(uses[block].Count(), pool.ReferencesTo(block)));
            Assert.Equal(uses.Count, pool.UsedCount);
        }

        Assert.True(copies > 500, $"only {copies} copies");

        void Write(BlockTable blocks, List<int> values, int count, BlockCopy? copy)
        {
            if (copy is var (source, destination))
            {
                slots.AsSpan(source * 4, 4).CopyTo(slots.AsSpan(destination * 4));
                copies++;
            }

            while (values.Count < count)
            {
                slots[blocks.Blocks.Span[values.Count / 4] * 4 + values.Count % 4] = random.Next();
                values.Add(slots[blocks.Blocks.Span[values.Count / 4] * 4 + values.Count % 4]);
            }
        }
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
            else if (pool.TryReserve(table, 0, 4 * table.Count + random.Next(12), out var reservation) && random.Next(2) == 0)
                reservation.Commit();
            else
                reservation.Dispose();

            var blocks = tables.SelectMany(t => t.Blocks.ToArray()).Concat(pool.Free).Order();
            Assert.Equal(Enumerable.Range(0, 50), blocks);
        }
    }

    private static CacheReservation Grow(BlockPool pool, BlockTable table, int from, int to)
    {
        Assert.True(pool.TryReserve(table, from, to, out var reservation));
        reservation.Commit();
        return reservation;
    }
}

using Inference.Engine.Caching;

namespace Inference.Engine.Tests.Caching;

public sealed class PrefixCacheTests
{
    private readonly BlockContents _contents = new(blockCount: 6, blockSize: 2);
    private readonly BlockPool _pool;
    private readonly PrefixCache _cache;

    public PrefixCacheTests()
    {
        _pool = new BlockPool(6, 2, _contents);
        _cache = new PrefixCache(_pool, _contents);
    }

    [Fact]
    public void Match_NothingKept_IsEmpty() => Assert.Equal(default, _cache.Match(new PrefixChain(default), [1, 2, 3, 4, 5]));

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, 2)]
    [InlineData(new[] { 1, 2, 3, 4 }, 1)]
    [InlineData(new[] { 1, 2, 3 }, 1)]
    [InlineData(new[] { 1, 2 }, 0)]
    [InlineData(new[] { 1, 2, 3, 5, 6, 7 }, 1)]
    [InlineData(new[] { 2, 2, 3, 4, 5 }, 0)]
    public void Match_KeptBlocks_TakesWholeBlocksAndNeverTheLastToken(int[] tokens, int blocks)
    {
        Compute([1, 2, 3, 4, 5], null);

        Assert.Equal(new PrefixMatch(blocks, FreeBlocks: 0, 2 * blocks), _cache.Match(new PrefixChain(default), tokens));
    }

    [Theory]
    [InlineData(null, "a")]
    [InlineData("a", null)]
    [InlineData("a", "b")]
    public void Match_OtherSalt_IsEmpty(string? kept, string? asked)
    {
        Compute([1, 2, 3, 4, 5], kept);

        Assert.Equal(0, _cache.Match(new PrefixChain(new(asked)), [1, 2, 3, 4, 5]).Length);
        Assert.Equal(4, _cache.Match(new PrefixChain(new(kept)), [1, 2, 3, 4, 5]).Length);
    }

    [Fact]
    public void Take_BlocksOfAFinishedSequence_AreNotFreeAnyMore()
    {
        _pool.Release(Compute([1, 2, 3, 4, 5], null));
        Assert.Equal(6, _pool.FreeCount);

        Assert.Equal(new PrefixMatch(2, FreeBlocks: 2, 4), _cache.Match(new PrefixChain(default), [1, 2, 3, 4, 9]));
        var table = new BlockTable();
        _cache.Take(table);

        Assert.Equal((2, 2, 4), (table.Count, table.CommittedCount, _pool.FreeCount));
        Assert.Equal([0, 1], table.Blocks.ToArray());
    }

    [Fact]
    public void Take_BlocksInUse_AreHeldTwiceAndFreedOnce()
    {
        var first = Compute([1, 2, 3, 4, 5], null);
        _cache.Match(new PrefixChain(default), [1, 2, 3, 4, 9]);
        var second = new BlockTable();
        _cache.Take(second);
        Assert.Equal(2, _pool.ReferencesTo(0));

        _pool.Release(first);
        Assert.Equal(4, _pool.FreeCount);
        _pool.Release(second);
        Assert.Equal(6, _pool.FreeCount);
    }

    [Fact]
    public void Keep_ContentsKnownAlready_SharesTheKnownBlocks()
    {
        var first = Compute([1, 2, 3, 4, 5], null);
        var second = Compute([1, 2, 3, 4, 6], null);

        Assert.Equal(first.Blocks.ToArray()[..2], second.Blocks.ToArray()[..2]);
        Assert.NotEqual(first.Blocks.ToArray()[2], second.Blocks.ToArray()[2]);
        Assert.Equal(4, _pool.UsedCount);
    }

    [Fact]
    public void TryReserve_EverythingFreeIsKnown_TakesTheEndOfTheLongestUnusedChainFirst()
    {
        // Two chains with the same beginning: 0 1 2, then 0 4 5. Block 3 held a second copy of the beginning and holds nothing now.
        var first = Compute([1, 2, 3, 4, 5, 6], null);
        var second = Compute([1, 2, 7, 8, 9, 10], null);
        _pool.Release(first);
        _pool.Release(second);
        Assert.Equal([3, 2, 1, 5, 4, 0], _pool.Free);

        var table = new BlockTable();
        _pool.TryReserve(table, 0, 6, out _);

        Assert.Equal(2, _cache.Match(new PrefixChain(default), [1, 2, 3, 4, 5, 6, 0]).Length);
        Assert.Equal(6, _cache.Match(new PrefixChain(default), [1, 2, 7, 8, 9, 10, 0]).Length);
    }

    /// <summary>As a sequence does that computes all its tokens.</summary>
    private BlockTable Compute(int[] tokens, string? salt)
    {
        var table = new BlockTable();
        Assert.True(_pool.TryReserve(table, 0, tokens.Length, out var reservation));
        reservation.Commit();
        Assert.Equal(tokens.Length / 2, _cache.Keep(table, new PrefixChain(new(salt)), tokens, known: 0));
        return table;
    }
}

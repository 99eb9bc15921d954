namespace Inference.Grammar.Tests;

public sealed class ConstraintCacheTests
{
    private readonly ConstraintCache _cache = new(TestVocabulary.Bytes, ConstraintLimits.Default, TimeProvider.System, capacity: 2, parallelism: 1);

    [Fact]
    public async Task GetAsync_Again_IsTheSame()
    {
        Assert.Same(await GetAsync("a"), await GetAsync("a"));
        Assert.Same(
            await _cache.GetAsync(new ConstraintSpec.Choice(["x", "y"]), TestContext.Current.CancellationToken),
            await _cache.GetAsync(new ConstraintSpec.Choice(["x", "y"]), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task GetAsync_MoreThanThereIsRoomFor_ForgetsTheOneUsedLongestAgo()
    {
        var (a, b) = (await GetAsync("a"), await GetAsync("b"));
        await GetAsync("a");
        await GetAsync("c");

        Assert.Equal(2, _cache.Count);
        Assert.Same(a, await GetAsync("a"));
        Assert.NotSame(b, await GetAsync("b"));
    }

    [Fact]
    public async Task GetAsync_MoreMemoryThanAllowed_KeepsTheLatest()
    {
        var cache = new ConstraintCache(
            TestVocabulary.Bytes, ConstraintLimits.Default, TimeProvider.System, capacity: 10, parallelism: 1, maxSize: 100_000);
        Task<CompiledConstraint> Get(string pattern) => cache.GetAsync(new ConstraintSpec.Regex(pattern), TestContext.Current.CancellationToken);
        await Get("a");
        var large = await Get("[a-z]{5000}");
        Assert.True(large.Size > 100_000, $"{large.Size} bytes");
        Assert.Equal(2, cache.Count);

        var small = await Get("b");

        Assert.Equal(1, cache.Count);
        Assert.Same(small, await Get("b"));
    }

    [Fact]
    public async Task GetAsync_Failure_IsNotKept()
    {
        await Assert.ThrowsAsync<ConstraintException>(() => GetAsync("("));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public async Task GetAsync_ByManyAtOnce_CompilesOnce()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => GetAsync("[a-z]{1,200}")));
        Assert.Single(all.Distinct());
    }

    private Task<CompiledConstraint> GetAsync(string pattern) => _cache.GetAsync(new ConstraintSpec.Regex(pattern), TestContext.Current.CancellationToken);
}

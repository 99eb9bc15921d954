using Inference.Engine.Caching;

namespace Inference.Engine.Tests.Caching;

public sealed class PrefixChainTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 64)];

    [Fact]
    public void HashAt_AnyOrderOfAsking_IsTheSame()
    {
        var grown = new PrefixChain(default);
        var early = grown.HashAt(1, Tokens.AsSpan(0, 8), 4);
        var late = grown.HashAt(9, Tokens, 4);

        var asked = new PrefixChain(default);
        Assert.Equal(late, asked.HashAt(9, Tokens, 4));
        Assert.Equal(early, asked.HashAt(1, Tokens, 4));
    }

    [Fact]
    public void HashAt_OtherTokensBefore_Differs()
    {
        int[] others = [.. Tokens];
        others[0]++;

        Assert.NotEqual(new PrefixChain(default).HashAt(5, Tokens, 4), new PrefixChain(default).HashAt(5, others, 4));
    }

    [Fact]
    public void HashAt_OtherRoot_Differs()
    {
        var hashes = from root in new ulong[] { 0, 1, 2 } from salt in new[] { null, "a" } select new PrefixChain(new(salt)).HashAt(0, Tokens, 4, root);

        Assert.Equal(6, hashes.Distinct().Count());
    }

    [Fact]
    public void CopyFrom_AnotherChain_GoesOnFromThere()
    {
        var (source, copy) = (new PrefixChain(new("salt")), new PrefixChain(new("salt")));
        copy.HashAt(0, [9, 9, 9, 9], 4);
        source.HashAt(5, Tokens, 4);
        copy.CopyFrom(source);

        Assert.Equal(source.HashAt(5, Tokens, 4), copy.HashAt(5, Tokens, 4));
        Assert.Equal(source.HashAt(9, Tokens, 4), copy.HashAt(9, Tokens, 4));
    }

    [Fact]
    public void HashAt_OtherSalt_Differs()
    {
        var hashes = new[] { null, "", "a", "b" }.Select(salt => new PrefixChain(new(salt)).HashAt(0, Tokens, 4));

        Assert.Distinct(hashes);
    }
}

using Inference.Engine.Caching;

namespace Inference.Engine.Tests.Caching;

public sealed class BlockContentsTests
{
    private readonly BlockContents _contents = new(blockCount: 8, blockSize: 2);

    [Fact]
    public void Find_WhatWasAdded_IsThere()
    {
        Assert.Equal(3, _contents.Add(3, hash: 7, BlockContents.None, [1, 2], scope: default));

        Assert.Equal(3, _contents.Find(7, BlockContents.None, [1, 2], scope: default));
        Assert.True(_contents.IsKnown(3));
        Assert.Equal(1, _contents.KnownCount);
    }

    [Fact]
    public void Find_SameHashAndOtherTokensOrSaltOrPredecessor_IsNone()
    {
        _contents.Add(3, hash: 7, BlockContents.None, [1, 2], scope: new("a"));

        Assert.Equal(BlockContents.None, _contents.Find(7, BlockContents.None, [1, 3], scope: new("a")));
        Assert.Equal(BlockContents.None, _contents.Find(7, BlockContents.None, [1, 2], scope: new("b")));
        Assert.Equal(BlockContents.None, _contents.Find(7, BlockContents.None, [1, 2], scope: default));
        Assert.Equal(BlockContents.None, _contents.Find(7, previous: 3, [1, 2], scope: new("a")));
    }

    [Fact]
    public void Add_SameContentsElsewhere_AnswersTheFirst()
    {
        _contents.Add(3, hash: 7, BlockContents.None, [1, 2], scope: default);

        Assert.Equal(3, _contents.Add(4, hash: 7, BlockContents.None, [1, 2], scope: default));
        Assert.False(_contents.IsKnown(4));
    }

    [Fact]
    public void Add_OtherContentsWithTheSameHash_IsNotKeptAndLeavesTheFirst()
    {
        _contents.Add(3, hash: 7, BlockContents.None, [1, 2], scope: default);

        Assert.Equal(BlockContents.None, _contents.Add(4, hash: 7, BlockContents.None, [5, 6], scope: default));
        Assert.False(_contents.IsKnown(4));
        Assert.Equal(3, _contents.Find(7, BlockContents.None, [1, 2], scope: default));
    }

    [Fact]
    public void Find_AfterAPredecessorThatWasReused_IsNone()
    {
        // Block 3 is forgotten and holds something else now; what was added behind its old contents must not be found behind the new ones.
        _contents.Add(3, hash: 7, BlockContents.None, [1, 2], scope: default);
        _contents.Add(4, hash: 8, previous: 3, [5, 6], scope: default);
        _contents.Forget(3);
        _contents.Add(3, hash: 9, BlockContents.None, [8, 8], scope: default);

        Assert.Equal(BlockContents.None, _contents.Find(8, previous: 3, [5, 6], scope: default));
    }

    [Fact]
    public void Forget_KnownOrNot_LeavesNothing()
    {
        _contents.Add(3, hash: 7, BlockContents.None, [1, 2], scope: default);

        _contents.Forget(3);
        _contents.Forget(3);
        _contents.Forget(5);

        Assert.Equal(BlockContents.None, _contents.Find(7, BlockContents.None, [1, 2], scope: default));
        Assert.Equal(0, _contents.KnownCount);
    }
}

using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

public sealed class HeadRowsTests
{
    private static readonly AttentionSpec Attention = new() { HeadCount = 4, KvHeadCount = 2, HeadSize = 2, Scale = 1 };

    [Fact]
    public void SideBySide_TakesQueriesThenKeysThenValues()
    {
        var (query, key, value) = HeadRows.SideBySide(Attention);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Rows(query));
        Assert.Equal([8, 9, 10, 11], Rows(key));
        Assert.Equal([12, 13, 14, 15], Rows(value));
    }

    [Fact]
    public void Grouped_TakesTheQueriesOfAKeyThenTheKeyThenItsValue()
    {
        var (query, key, value) = HeadRows.Grouped(Attention);
        Assert.Equal([0, 1, 2, 3, 8, 9, 10, 11], Rows(query));
        Assert.Equal([4, 5, 12, 13], Rows(key));
        Assert.Equal([6, 7, 14, 15], Rows(value));
        Assert.Equal((16, 16, 16), (query.Total, key.Total, value.Total));
    }

    [Fact]
    public void Paired_PartOfAHead_PutsItsHalvesFirstInTheHalvesOfTheHead() =>
        Assert.Equal([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15], Rows(HeadRows.Paired(2, 8, 4, isInterleaved: false)));

    [Fact]
    public void Paired_Neighbours_PutsThemInTheHalvesOfTheHead()
    {
        Assert.Equal([0, 2, 4, 6, 1, 3, 5, 7], Rows(HeadRows.Paired(1, 8, 8, isInterleaved: true)));
        Assert.Equal([0, 2, 4, 5, 1, 3, 6, 7], Rows(HeadRows.Paired(1, 8, 4, isInterleaved: true)));
    }

    private static long[] Rows(RowSelection rows) => [.. Enumerable.Range(0, (int)rows.Count).Select(row => rows.StoredRow(row))];
}

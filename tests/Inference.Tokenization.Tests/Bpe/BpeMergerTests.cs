using Inference.Tokenization.Bpe;

namespace Inference.Tokenization.Tests.Bpe;

public sealed class BpeMergerTests
{
    [Theory]
    [InlineData(BpeMerger.MaxScanned)]
    [InlineData(4 * BpeMerger.MaxScanned)]
    public void Merge_OfRandomSymbols_EqualsThePlainAlgorithm(int maxLength)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            Dictionary<(int, int), (int Rank, int Merged)> merges = RandomMerges(random);
            var table = new MergeTable(merges.Count);
            foreach (((int left, int right), (int rank, int merged)) in merges)
                table.Set(left, right, rank, merged);
            int[] symbols = [.. Enumerable.Range(0, random.Next(1, maxLength + 1)).Select(_ => random.Next(4))];
            List<int> expected = PlainMerge([.. symbols], merges);
            int count = BpeMerger.Merge(symbols, table);
            Assert.Equal(expected, symbols.Take(count));
        }
    }

    [Fact]
    public void Get_OfAPairSetTwice_IsTheLaterMerge()
    {
        var table = new MergeTable(2);
        table.Set(1, 2, rank: 0, merged: 3);
        table.Set(1, 2, rank: 1, merged: 4);
        Assert.Equal((1, 4), table.Get(1, 2));
        Assert.Equal((int.MaxValue, -1), table.Get(2, 1));
    }

    /// <summary>Merges that make new symbols of old ones, at ranks in random order.</summary>
    private static Dictionary<(int, int), (int Rank, int Merged)> RandomMerges(Random random)
    {
        int[] ranks = [.. Enumerable.Range(0, 40)];
        random.Shuffle(ranks);
        Dictionary<(int, int), (int, int)> merges = [];
        for (int i = 0; i < ranks.Length; i++)
            merges[(random.Next(4 + i), random.Next(4 + i))] = (ranks[i], 4 + i);
        return merges;
    }

    private static List<int> PlainMerge(List<int> symbols, Dictionary<(int, int), (int Rank, int Merged)> merges)
    {
        while (true)
        {
            int best = -1;
            int bestRank = int.MaxValue;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if (merges.TryGetValue((symbols[i], symbols[i + 1]), out (int Rank, int Merged) merge) && merge.Rank < bestRank)
                    (best, bestRank) = (i, merge.Rank);
            }
            if (best < 0)
                return symbols;
            symbols[best] = merges[(symbols[best], symbols[best + 1])].Merged;
            symbols.RemoveAt(best + 1);
        }
    }
}

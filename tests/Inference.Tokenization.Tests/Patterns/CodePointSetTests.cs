using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.Tests.Patterns;

public sealed class CodePointSetTests
{
    [Fact]
    public void Operations_OnRandomRanges_EqualThoseOnPlainSets()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < 20; round++)
        {
            (CodePointSet a, HashSet<int> plainA) = RandomSet(random);
            (CodePointSet b, HashSet<int> plainB) = RandomSet(random);
            Assert.Equal(plainA.Union(plainB).Order(), Members(a.Union(b)));
            Assert.Equal(plainA.Intersect(plainB).Order(), Members(a.Intersect(b)));
            Assert.Equal(plainA.Except(plainB).Order(), Members(a.Except(b)));
            CodePointSet complement = a.Complement();
            for (int codePoint = 0; codePoint < CodePointSet.Limit; codePoint += 7)
                Assert.NotEqual(a.Contains(codePoint), complement.Contains(codePoint));
        }
    }

    [Fact]
    public void Contains_AtTheEdges_IsExact()
    {
        CodePointSet set = CodePointSet.OfRanges((0, 0), (63, 64), (0xFFFF, 0x10000), (0x10FFFF, 0x10FFFF));
        int[] members = [0, 63, 64, 0xFFFF, 0x10000, 0x10FFFF];
        int[] others = [1, 62, 65, 0xFFFE, 0x10001, 0x10FFFE];
        Assert.All(members, codePoint => Assert.True(set.Contains(codePoint)));
        Assert.All(others, codePoint => Assert.False(set.Contains(codePoint)));
    }

    private static (CodePointSet, HashSet<int>) RandomSet(Random random)
    {
        List<(int, int)> ranges = [];
        HashSet<int> plain = [];
        for (int i = random.Next(8); i > 0; i--)
        {
            int near = random.Next(3) switch { 0 => 0, 1 => 0xFF00, _ => 0x10FF00 };
            int first = near + random.Next(0x80);
            int last = first + random.Next(0x80);
            ranges.Add((first, last));
            plain.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        return (CodePointSet.OfRanges([.. ranges]), plain);
    }

    private static List<int> Members(CodePointSet set)
    {
        List<int> members = [.. set.Ranges.SelectMany(range => Enumerable.Range(range.Start, range.End - range.Start))];
        Assert.All(members, codePoint => Assert.True(set.Contains(codePoint)));
        return members;
    }
}

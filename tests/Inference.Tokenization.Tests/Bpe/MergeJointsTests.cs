using Inference.Tokenization.Bpe;

namespace Inference.Tokenization.Tests.Bpe;

public sealed class MergeJointsTests
{
    private const string Letters = "▁abcĀ中é";

    [Theory]
    [InlineData('a', 'b', true)]
    [InlineData('b', 'a', false)]
    [InlineData('c', '▁', true)]
    [InlineData('▁', 'c', false)]
    [InlineData('x', '中', true)]
    [InlineData('中', 'x', false)]
    public void Contains_OfAPair_IsWhetherAMergeJoinsThere(char last, char first, bool expected)
    {
        var joints = new MergeJoints();
        joints.Add("xa", "bx");
        joints.Add("c", "▁");
        joints.Add("x", "中");
        Assert.Equal(expected, joints.Contains(last, first));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Encode_CutAtJoints_EqualsEncodingTheWhole(int seed)
    {
        var random = new Random(seed);
        Dictionary<string, int> ids = new() { ["<unk>"] = 0, ["<0xC3>"] = 1 };
        foreach (char letter in Letters[..^1])
            ids[letter.ToString()] = ids.Count;
        List<(string Left, string Right)> pairs = [];
        for (int i = 0; i < 40; i++)
        {
            string[] tokens = [.. ids.Keys.Skip(2)];
            (string left, string right) = (tokens[random.Next(tokens.Length)], tokens[random.Next(tokens.Length)]);
            pairs.Add((left, right));
            ids.TryAdd(left + right, ids.Count);
        }
        var vocabulary = new Vocabulary(ids);
        var (merges, joints) = (new MergeTable(pairs.Count), new MergeJoints());
        for (int rank = 0; rank < pairs.Count; rank++)
        {
            (string left, string right) = pairs[rank];
            merges.Set(ids[left], ids[right], rank, ids[left + right]);
            joints.Add(left, right);
        }
        var options = new BpeOptions { UnkToken = "<unk>", FuseUnk = true, ByteFallback = true };
        var encoder = new PieceEncoder(new BpeModel(vocabulary, merges, options, joints), spellBytes: false);
        var whole = new BpeModel(vocabulary, merges, options);
        for (int i = 0; i < 300; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Letters[random.Next(Letters.Length)]));
            (List<int> cut, List<int> expected) = ([], []);
            encoder.Encode(text, cut);
            whole.Encode(text, expected);
            Assert.True(expected.SequenceEqual(cut), $"seed {seed}: {text}: {string.Join(' ', expected)} but {string.Join(' ', cut)}");
        }
    }
}

using Inference.LoadTest.Commands;
using Inference.LoadTest.Data;
using Inference.Traces;

namespace Inference.LoadTest.Tests.Data;

public sealed class DataSetTests
{
    [Fact]
    public void Random_SameNumber_IsTheSameConversation()
    {
        var options = new RandomDataOptions { InputTokens = 20, RangeRatio = 0.5, AsTokenIds = true, Seed = 3 };

        Assert.Equal(new RandomData(options).Get(5).Turns[0].TokenIds!.Value, new RandomData(options).Get(5).Turns[0].TokenIds!.Value);
        Assert.NotEqual(new RandomData(options).Get(5).Turns[0].TokenIds!.Value, new RandomData(options).Get(6).Turns[0].TokenIds!.Value);
    }

    [Fact]
    public void Random_RangeRatio_SpreadsLengths()
    {
        var data = new RandomData(new RandomDataOptions { InputTokens = 100, OutputTokens = 10, RangeRatio = 0.2, AsTokenIds = true });
        var turns = Enumerable.Range(0, 2000).Select(i => data.Get(i).Turns[0]).ToArray();

        Assert.Equal((80, 120), (turns.Min(turn => turn.InputTokens), turns.Max(turn => turn.InputTokens)));
        Assert.Equal((8, 12), (turns.Min(turn => turn.OutputTokens), turns.Max(turn => turn.OutputTokens)));
        Assert.All(turns, turn => Assert.Equal(turn.InputTokens, turn.TokenIds!.Value.Length));
    }

    [Fact]
    public void Random_Prefixes_AreShared()
    {
        var data = new RandomData(new RandomDataOptions { InputTokens = 50, PrefixTokens = 40, Prefixes = 3, AsTokenIds = true });
        var prompts = Enumerable.Range(0, 100).Select(i => data.Get(i).Turns[0].TokenIds!.Value).ToArray();

        Assert.Equal(3, prompts.Select(ids => string.Join(',', ids[..40])).Distinct().Count());
        Assert.Equal(100, prompts.Select(ids => string.Join(',', ids[40..])).Distinct().Count());
    }

    [Fact]
    public void Trace_Prompts_KeepLengthsAndPrefixes()
    {
        TraceRequest[] trace = [new(TimeSpan.Zero, 600, 5, [1, 2]), new(TimeSpan.FromSeconds(1), 700, 6, [1, 3])];
        var data = new TraceData(trace, new RandomDataOptions { AsTokenIds = true });
        var (first, second) = (data.Get(0).Turns[0], data.Get(1).Turns[0]);

        Assert.Equal((600, 5, 700, 6), (first.TokenIds!.Value.Length, first.OutputTokens, second.TokenIds!.Value.Length, second.OutputTokens));
        Assert.Equal(first.TokenIds!.Value[..512], second.TokenIds!.Value[..512]);
        Assert.NotEqual(first.TokenIds!.Value[512..600], second.TokenIds!.Value[512..600]);
        Assert.All(first.TokenIds!.Value, id => Assert.InRange(id, 1000, 29_999));
    }

    [Fact]
    public void File_MtBench_HasItsConversations()
    {
        var data = FileData.Read(LoadSession.Committed("mt-bench"), outputTokens: 64);

        Assert.Equal(80, data.Count);
        Assert.All(Enumerable.Range(0, 80), i => Assert.Equal(2, data.Get(i).Turns.Length));
        Assert.StartsWith("Compose an engaging travel blog post", data.Get(80).Turns[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt": "one two", "output_tokens": 7}""", "one two", 7, 1)]
    [InlineData("""{"prompt": [4, 5, 6]}""", null, 9, 1)]
    [InlineData("""{"messages": [{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"role":"user","content":"v"}]}""", "u", 9, 2)]
    [InlineData("""[{"conversations": [{"from":"human","value":"h"},{"from":"gpt","value":"g"}]}]""", "h", 9, 1)]
    public void File_EachForm_IsRead(string text, string? first, int output, int turns)
    {
        var conversation = WithFile(text, path => FileData.Read(path, outputTokens: 9)).Get(0);

        Assert.Equal((first, output, turns), (conversation.Turns[0].Text, conversation.Turns[0].OutputTokens, conversation.Turns.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"prompt\": {}}")]
    [InlineData("{\"prompt\": \"fine\"}\n{\"turns\": []}")]
    [InlineData("{\"turns\": 5}")]
    [InlineData("nonsense")]
    public void File_Malformed_NamesIt(string text) =>
        Assert.Contains(".jsonl", WithFile(text, path => Assert.Throws<FormatException>(() => FileData.Read(path, 1)).Message), StringComparison.Ordinal);

    private static T WithFile<T>(string text, Func<string, T> use)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.jsonl");
        File.WriteAllText(path, text);
        try
        {
            return use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

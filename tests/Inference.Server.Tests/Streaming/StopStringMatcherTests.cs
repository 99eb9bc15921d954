using System.Collections.Immutable;
using Inference.Server.Streaming;

namespace Inference.Server.Tests.Streaming;

public sealed class StopStringMatcherTests
{
    [Theory]
    [InlineData("abcdef", "cd", "ab", "cd")]
    [InlineData("abcdef", "x", "abcdef", null)]
    [InlineData("abcdef", "f|e", "abcd", "e")]
    [InlineData("abcdef", "bcd|c", "ab", "c")]
    [InlineData("abcdef", "abcdef", "", "abcdef")]
    [InlineData("aaab", "aab", "a", "aab")]
    [InlineData("abab", "b|ab", "a", "b")]
    [InlineData("abab", "ab|b", "", "ab")]
    [InlineData("", "a", "", null)]
    public void Append_WholeOrByCharacter_EndsAtTheStopThatIsCompleteFirst(string text, string stops, string expected, string? match)
    {
        ImmutableArray<string> list = [.. stops.Split('|')];

        Assert.Equal((expected, match), Run(list, [text], includeStop: false));
        Assert.Equal((expected, match), Run(list, text.Select(c => c.ToString()), includeStop: false));
        Assert.Equal((expected + match, match), Run(list, text.Select(c => c.ToString()), includeStop: true));
    }

    [Fact]
    public void Append_PossibleStart_IsHeldUntilItIsRuledOut()
    {
        ImmutableArray<string> stops = ["STOP"];
        var matcher = new StopStringMatcher(stops, new StopStringAutomaton(stops), includeStop: false);

        Assert.Equal("a", matcher.Append("aS"));
        Assert.Equal("", matcher.Append("TO"));
        Assert.Equal("STO", matcher.Append("S"));
        Assert.Equal("", matcher.Append("T"));
        Assert.Equal("ST", matcher.Flush());
    }

    [Fact]
    public void Append_AfterAMatch_ReleasesNothing()
    {
        ImmutableArray<string> stops = ["b"];
        var matcher = new StopStringMatcher(stops, new StopStringAutomaton(stops), includeStop: false);

        Assert.Equal("a", matcher.Append("abc"));
        Assert.Equal("", matcher.Append("d"));
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void Skip_TextWithAStop_IsNotLookedAt()
    {
        ImmutableArray<string> stops = ["ab"];
        var matcher = new StopStringMatcher(stops, new StopStringAutomaton(stops), includeStop: false);

        Assert.Equal("aba", matcher.Skip("aba"));
        Assert.Equal("bc", matcher.Append("bc"));
        Assert.Null(matcher.Match);
    }

    /// <summary>Against a search of the whole text, over random texts of a small alphabet, cut at random.</summary>
    [Fact]
    public void Append_RandomTextsAndCuts_EqualsNaiveSearch()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 5000; round++)
        {
            ImmutableArray<string> stops = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Text(random, random.Next(1, 5)))];
            var text = Text(random, random.Next(0, 24));
            var includeStop = random.Next(2) == 0;

            var actual = Run(stops, Cut(random, text), includeStop);

            Assert.True(Naive(stops, text, includeStop) == actual, $"seed {seed}, round {round}: '{text}' with {string.Join('|', stops)} gave {actual}");
        }
    }

    [Fact]
    public void Append_LongSelfSimilarText_IsLinear()
    {
        ImmutableArray<string> stops = [new string('a', 1000) + "b"];
        var matcher = new StopStringMatcher(stops, new StopStringAutomaton(stops), includeStop: false);
        var released = 0;
        for (var i = 0; i < 20_000; i++)
        {
            released += matcher.Append("a").Length;
        }

        Assert.Equal(19_000, released);
    }

    private static (string Text, string? Match) Run(ImmutableArray<string> stops, IEnumerable<string> pieces, bool includeStop)
    {
        var matcher = new StopStringMatcher(stops, new StopStringAutomaton(stops), includeStop);
        var text = string.Concat(pieces.Select(matcher.Append));
        return (text + matcher.Flush(), matcher.Match);
    }

    private static (string Text, string? Match) Naive(ImmutableArray<string> stops, string text, bool includeStop)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            if (stops.FirstOrDefault(stop => text.AsSpan(0, end).EndsWith(stop)) is { } match)
            {
                return (text[..(includeStop ? end : end - match.Length)], match);
            }
        }

        return (text, null);
    }

    private static string Text(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(2))));

    private static IEnumerable<string> Cut(Random random, string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = Math.Min(random.Next(1, 4), text.Length - start);
            yield return text.Substring(start, length);
            start += length;
        }
    }
}

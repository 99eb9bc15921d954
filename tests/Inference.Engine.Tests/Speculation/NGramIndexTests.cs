using CsCheck;
using Inference.Engine.Speculation;

namespace Inference.Engine.Tests.Speculation;

public sealed class NGramIndexTests
{
    [Fact]
    public void TryContinue_SomethingWasThereBefore_CopiesWhatFollowed() =>
        Assert.Equal([3, 4, 9], Continue([1, 2, 3, 4, 9, 8, 1, 2], 3));

    [Fact]
    public void TryContinue_LongerMatchFurtherBack_IsPreferred() =>
        Assert.Equal([4, 7], Continue([1, 2, 3, 4, 7, 2, 3, 5, 6, 1, 2, 3], 2));

    [Fact]
    public void TryContinue_MatchesOfTheMostThatCounts_TheLatestIsPreferred() =>
        Assert.Equal([6, 1], Continue([9, 1, 2, 3, 4, 5, 7, 8, 1, 2, 3, 4, 6, 1, 9, 1, 2, 3, 4], 2));

    [Fact]
    public void TryContinue_ReachesTheEnd_GoesOnRepeating()
    {
        Assert.Equal([7, 7, 7, 7, 7], Continue([5, 7, 7, 7], 5));
        Assert.Equal([1, 2, 3, 1, 2, 3, 1], Continue([9, 1, 2, 3, 1, 2, 3], 7));
    }

    [Theory]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 1, 2 })]
    [InlineData(new[] { 1, 2, 3, 4, 2, 5 })]
    public void TryContinue_NothingLongEnoughWasThere_SaysSo(int[] tokens) => Assert.False(new NGramIndex(2, 4).TryContinue(tokens, new int[3]));

    [Fact]
    public void TryContinue_AnySequenceGrowingByAnySteps_IsWhatSearchingAllOfItGives() => (
        from min in Gen.Int[1, 3]
        // Single tokens come back so often that a longer sequence has more places than are looked at.
        from tokens in Gen.Int[0, 4].Array[1, min == 1 ? NGramIndex.MaxCandidates : 200]
        from extra in Gen.Int[0, 3]
        from steps in Gen.Int[1, 9].Array[1, 60]
        select (tokens, min, max: min + extra, steps)).Sample(
        input =>
        {
            var index = new NGramIndex(input.min, input.max);
            var length = 0;
            foreach (var step in input.steps)
            {
                length = Math.Min(input.tokens.Length, length + step);
                var tokens = input.tokens[..length];
                var actual = new int[4];
                var expected = Expected(tokens, input.min, input.max, 4);
                Assert.Equal(expected is not null, index.TryContinue(tokens, actual));
                Assert.Equal(expected ?? new int[4], actual);
            }
        },
        writeLine: TestContext.Current.TestOutputHelper!.WriteLine);

    [Fact]
    public void TryContinue_LongSequencesOfAnyKind_ComparesFewPlacesForEachToken()
    {
        foreach (var kinds in (int[])[1, 2, 100])
        {
            var index = new NGramIndex(2, 32);
            var tokens = Enumerable.Range(0, 50_000).Select(i => i * i / 7 % kinds).ToArray();
            for (var length = 1; length <= tokens.Length; length++)
                index.TryContinue(tokens.AsSpan(0, length), new int[1]);
            Assert.InRange(index.ComparedCount, 1, (long)NGramIndex.MaxCandidates * tokens.Length);
        }
    }

    private static int[] Continue(int[] tokens, int count)
    {
        var continuation = new int[count];
        Assert.True(new NGramIndex(2, 4).TryContinue(tokens, continuation));
        return continuation;
    }

    /// <summary>By looking at every place, the latest first.</summary>
    private static int[]? Expected(int[] tokens, int min, int max, int count)
    {
        var (best, bestLength) = (-1, min - 1);
        for (var place = tokens.Length - 1; place > 0; place--)
        {
            if (Alike(place) > bestLength)
                (best, bestLength) = (place, Alike(place));
        }

        if (best < 0)
            return null;

        var all = tokens.ToList();
        for (var i = 0; i < count; i++)
            all.Add(all[best + i]);
        return [.. all.Skip(tokens.Length)];

        int Alike(int place) => Enumerable.Range(1, Math.Min(max, place)).TakeWhile(back => tokens[place - back] == tokens[^back]).Count();
    }
}

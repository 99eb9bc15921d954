using CsCheck;
using Inference.Engine.Sampling;

namespace Inference.Engine.Tests.Sampling;

public sealed class RankedTokenTests
{
    private static readonly Gen<float> Scores = Gen.OneOf(
        Gen.Float[-10, 10],
        Gen.OneOf(0f, -0f, 1f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue),
        Gen.OneOf(float.NegativeInfinity, float.PositiveInfinity));

    [Fact]
    public void Pack_AnyScores_OrdersByScoreThenLowerId()
    {
        Gen.Select(Scores, Gen.Int[0, 300_000], Scores, Gen.Int[0, 300_000]).Sample((a, i, b, j) =>
        {
            var expected = a != b ? a.CompareTo(b) : j.CompareTo(i);
            Assert.Equal(expected, RankedToken.Pack(a, i).CompareTo(RankedToken.Pack(b, j)));
        });
    }

    [Fact]
    public void Unpack_Packed_GivesBoth()
    {
        Gen.Select(Scores, Gen.Int[0, int.MaxValue]).Sample((score, id) =>
        {
            var rank = RankedToken.Pack(score, id);
            Assert.Equal(score, RankedToken.Score(rank));
            Assert.Equal(id, RankedToken.TokenId(rank));
        });
    }

    [Fact]
    public void SelectTop_AnyInput_PutsTheHighestFirst()
    {
        Gen.Select(Scores.Array[1, 200], Gen.Int[0, 200]).Sample((scores, count) =>
        {
            var ranks = Ranks(scores);
            count = Math.Min(count, ranks.Length);
            var expected = ranks.OrderDescending().Take(count).Order().ToArray();

            RankedToken.SelectTop(ranks, count);

            Assert.Equal(expected, ranks.Take(count).Order());
        });
    }

    [Fact]
    public void SelectMass_AnyInput_KeepsTheFewestThatReachIt()
    {
        // Scores are multiples of 1/64: sums are exact, whatever their order.
        Gen.Select(Gen.Int[0, 640].Array[1, 200], Gen.Double[0.01, 1.1]).Sample((numerators, part) =>
        {
            var ranks = Ranks([.. numerators.Select(numerator => numerator / 64f)]);
            var target = Math.Max(part * numerators.Sum() / 64, 1e-9);
            var sorted = ranks.OrderDescending().ToArray();
            var expected = 0;
            for (var sum = 0.0; expected < sorted.Length && sum < target; expected++)
                sum += RankedToken.Score(sorted[expected]);

            var kept = RankedToken.SelectMass(ranks, target);

            Assert.Equal(expected, kept);
            Assert.Equal(sorted.Take(kept).Order(), ranks.Take(kept).Order());
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0)]
    public void SelectTop_MonotonousInput_IsNotQuadratic(int slope)
    {
        // 300,000 sorted or equal scores: with a bad pivot this would take half an hour.
        var ranks = Ranks([.. Enumerable.Range(0, 300_000).Select(i => (float)(slope * i))]);

        RankedToken.SelectTop(ranks, 150_000);

        Assert.Equal(slope <= 0 ? 0 : 150_000, ranks.Take(150_000).Min(RankedToken.TokenId));
    }

    private static ulong[] Ranks(float[] scores) => [.. scores.Select(RankedToken.Pack)];
}

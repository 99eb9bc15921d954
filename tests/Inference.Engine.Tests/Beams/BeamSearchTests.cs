using System.Collections.Immutable;
using CsCheck;
using Inference.Engine.Beams;
using Inference.Engine.Requests;
using Inference.Testing;

namespace Inference.Engine.Tests.Beams;

/// <summary>The search alone, on distributions that are given.</summary>
public sealed class BeamSearchTests
{
    private static readonly Gen<(int Seed, int Vocabulary, int Stops, int MaxLength, BeamSearchParameters Beams)> AnySearch =
        from seed in Gen.Int[0, 1_000_000]
        from vocabulary in Gen.Int[1, 9]
        from stops in Gen.Int[0, 3]
        from maxLength in Gen.Int[1, 9]
        from width in Gen.Int[1, 5]
        from answers in Gen.Int[1, width]
        from penalty in Gen.OneOf(Gen.Const(1.0), Gen.Const(0.0), Gen.Double[-1.5, 3])
        from stopping in Gen.Enum<EarlyStopping>()
        select (seed, vocabulary, Math.Min(stops, vocabulary), maxLength,
            new BeamSearchParameters { Width = width, Answers = answers, LengthPenalty = penalty, EarlyStopping = stopping });

    [Fact]
    public void Advance_RandomDistributions_FindsWhatTheReferenceFinds() => AnySearch.Sample(
        search =>
        {
            var (seed, vocabulary, stopCount, maxLength, beams) = search;
            var model = BeamReference.Random(seed, vocabulary);
            int[] stops = [.. Enumerable.Range(0, stopCount)];
            var expected = BeamReference.Search(model, beams, stops, maxLength);

            var found = Run(model, beams, stops, maxLength);

            Assert.Equal(expected.Select(text => string.Join(' ', text.Tokens)), found.Select(Text));
            Assert.Equal(expected.Select(text => text.Score), found.Select(text => text.Score));
            Assert.All(found, text => Assert.Equal(stops.Contains(text.Tokens[^1].TokenId) ? text.Tokens[^1].TokenId : null, text.StopTokenId));
        },
        iter: 5_000,
        writeLine: TestContext.Current.TestOutputHelper!.WriteLine);

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(-1.0)]
    public void Advance_WideEnoughForEverything_FindsTheBestTextThereIs(double lengthPenalty)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var model = BeamReference.Random(seed, vocabulary: 4);
            var best = BeamReference.Best(model, [0], maxLength: 4, lengthPenalty);

            var found = Run(model, new BeamSearchParameters { Width = 256, Answers = 1, LengthPenalty = lengthPenalty }, [0], 4);

            Assert.True(string.Join(' ', best.Tokens) == Text(found[0]), $"seed {seed}: {Text(found[0])} instead of {string.Join(' ', best.Tokens)}");
        }
    }

    [Fact]
    public void Advance_WidthOne_IsGreedy()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var model = BeamReference.Random(seed, vocabulary: 6);
            var greedy = new List<int>();
            while (greedy.Count < 8 && !greedy.Contains(0))
                greedy.Add(model(greedy).Select((logprob, token) => (logprob, token)).MaxBy(pair => pair.logprob).token);

            var found = Run(model, new BeamSearchParameters { Width = 1, Answers = 1, EarlyStopping = EarlyStopping.WhenFull }, [0], 8);

            Assert.Equal(string.Join(' ', greedy), Text(Assert.Single(found)));
        }
    }

    [Fact]
    public void Advance_Equals_LowerTokensFirst()
    {
        var found = Run(_ => [-1, -1, -1, -1], new BeamSearchParameters { Width = 3, Answers = 3 }, [], maxLength: 2);

        Assert.Equal(["0 0", "1 0", "2 0"], found.Select(Text));
    }

    [Fact]
    public void Hypotheses_LogprobsWanted_EachTokenHasItsOwnAndTheFirstOfItsRow()
    {
        var model = BeamReference.Random(3, vocabulary: 6);
        var found = Run(model, new BeamSearchParameters { Width = 2, Answers = 1 }, [], maxLength: 3, topLogprobs: 4)[0];

        for (var i = 0; i < found.Tokens.Length; i++)
        {
            var row = model([.. found.Tokens[..i].Select(token => token.TokenId)]);
            Assert.Equal(row[found.Tokens[i].TokenId], found.Tokens[i].Logprobs!.Logprob, 6);
            Assert.Equal(row.OrderDescending().Take(4), found.Tokens[i].Logprobs!.Top.Select(top => (double)top.Logprob));
        }
    }

    private static string Text(BeamHypothesis hypothesis) => string.Join(' ', hypothesis.Tokens.Select(token => token.TokenId));

    private static ImmutableArray<BeamHypothesis> Run(
        BeamReference.Model model, BeamSearchParameters beams, int[] stops, int maxLength, int? topLogprobs = null)
    {
        var request = TestRequest.Greedy(promptLength: 1, maxLength).StoppedBy(stops) with
        {
            Beams = beams,
            Sampling = SamplingParameters.Greedy with { TopLogprobs = topLogprobs },
        };
        var search = new BeamSearch(request, maxLength);
        do
        {
            Assert.Equal(search.Length, search.Open[0].Path?.Length ?? 0);
        }
        while (search.Advance([.. search.Open.Select(open => Row(open.Path))]));
        return search.Hypotheses();

        TokenLogprobs Row(BeamPath? path)
        {
            int[] tokens = path is null ? [] : [.. path.Tokens().Select(token => token.TokenId)];
            var ranked = model(tokens).Select((logprob, token) => (token, (float)logprob)).OrderByDescending(pair => pair.Item2);
            return new TokenLogprobs(0, [.. ranked.Take(BeamSearch.CandidatesOf(request))]);
        }
    }
}

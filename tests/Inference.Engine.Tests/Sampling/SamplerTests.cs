using System.Collections.Frozen;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Testing;

namespace Inference.Engine.Tests.Sampling;

public sealed class SamplerTests
{
    private const int Vocabulary = 60;

    public static TheoryData<string, SamplingParameters> Settings => new()
    {
        { "plain", new() },
        { "hot", new() { Temperature = 1.7f } },
        { "cold", new() { Temperature = 0.4f } },
        { "top-k", new() { TopK = 7 } },
        { "top-k beyond the vocabulary", new() { TopK = 1000 } },
        { "top-p", new() { TopP = 0.8f } },
        { "small top-p", new() { TopP = 0.05f } },
        { "min-p", new() { MinP = 0.1f } },
        { "top-k and top-p", new() { TopK = 9, TopP = 0.7f } },
        { "all filters", new() { Temperature = 1.3f, TopK = 12, TopP = 0.9f, MinP = 0.05f } },
        { "min-p and top-p", new() { MinP = 0.08f, TopP = 0.85f } },
        { "repetition", new() { RepetitionPenalty = 1.8f } },
        { "presence", new() { PresencePenalty = 1.5f } },
        { "frequency", new() { FrequencyPenalty = 0.7f } },
        { "reward", new() { PresencePenalty = -1, FrequencyPenalty = -0.5f, RepetitionPenalty = 0.8f } },
        { "bias", new() { LogitBias = new Dictionary<int, float> { [3] = 4, [5] = -100, [59] = 2.5f }.ToFrozenDictionary() } },
        {
            "everything",
            new()
            {
                Temperature = 0.9f,
                TopK = 20,
                TopP = 0.95f,
                MinP = 0.02f,
                RepetitionPenalty = 1.2f,
                PresencePenalty = 0.3f,
                FrequencyPenalty = 0.2f,
                LogitBias = new Dictionary<int, float> { [7] = 2 }.ToFrozenDictionary(),
            }
        },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Sample_ManySeeds_FollowsTheReferenceDistribution(string name, SamplingParameters parameters)
    {
        var logits = Gaussian(seed: name.Length, Vocabulary);
        int[] prompt = [1, 2, 3, 4, 4];
        int[] output = [4, 9, 9, 9, 30];
        var sampler = new Sampler(Vocabulary);
        var counts = new int[Vocabulary];
        for (var seed = 0; seed < 20_000; seed++)
        {
            var state = State(parameters with { Seed = (ulong)seed }, prompt, output);
            counts[sampler.Sample(state, [.. logits]).TokenId]++;
        }

        ChiSquare.AssertFits(counts, SamplingReference.Probabilities(logits, parameters, prompt, output));
    }

    [Theory]
    [InlineData(49152)]
    [InlineData(1000)]
    public void Sample_LargeVocabulary_StaysInTheReferenceSupport(int vocabulary)
    {
        var sampler = new Sampler(vocabulary);
        for (var i = 0; i < 60; i++)
        {
            var random = new Random(i);
            var parameters = new SamplingParameters
            {
                Temperature = 0.3f + 2 * random.NextSingle(),
                TopK = random.Next(2) * random.Next(1, 2000),
                TopP = random.Next(3) == 0 ? 1 : 0.2f + 0.79f * random.NextSingle(),
                MinP = random.Next(2) * 0.1f * random.NextSingle(),
                Seed = (ulong)i,
            };
            var logits = Gaussian(i, vocabulary);
            var probabilities = SamplingReference.Probabilities(logits, parameters, [], []);

            var token = sampler.Sample(State(parameters), [.. logits]).TokenId;

            Assert.True(probabilities[token] > 0, $"seed {i}: token {token} is outside what {parameters} leaves");
        }
    }

    [Fact]
    public void Sample_OneRandomNumber_SplitsTheTokensInProportion()
    {
        // A uniform number u picks, in order of ids, the first token at which the cumulative probability exceeds u: unfiltered, exactly.
        var logits = Gaussian(3, 5000);
        var probabilities = SamplingReference.Probabilities(logits, new(), [], []);
        var sampler = new Sampler(5000);
        for (var seed = 0UL; seed < 300; seed++)
        {
            var u = CounterRandom.Uniform(seed, 0);
            var token = sampler.Sample(State(new() { Seed = seed }), [.. logits]).TokenId;
            var below = probabilities.Take(token).Sum();
            Assert.InRange(u, below - 1e-5, below + probabilities[token] + 1e-5);
        }
    }

    [Theory]
    [InlineData(0, 0, 1f, 0f)]
    [InlineData(1, 1, 1f, 0f)]
    [InlineData(1, 0, 1e-6f, 0f)]
    [InlineData(1, 0, 0f, 0f)]
    [InlineData(1, 5, 0f, 0f)]
    [InlineData(1, 0, 1f, 1f)]
    [InlineData(1e-30f, 0, 1f, 0f)]
    [InlineData(1e-40f, 0, 0.5f, 0f)]
    public void Sample_SettingsThatLeaveOneToken_IsTheMostLikely(float temperature, int topK, float topP, float minP)
    {
        var sampler = new Sampler(Vocabulary);
        var parameters = new SamplingParameters { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP };
        for (var best = 0; best < Vocabulary; best++)
        {
            var logits = Gaussian(best, Vocabulary);
            logits[best] = logits.Max() + 0.1f;

            Assert.Equal(best, sampler.Sample(State(parameters with { Seed = (ulong)best }), logits).TokenId);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(60)]
    [InlineData(515)]
    public void Sample_GreedyTie_IsTheLowestId(int vocabulary)
    {
        var sampler = new Sampler(vocabulary);
        for (var best = 0; best < vocabulary; best++)
        {
            var logits = new float[vocabulary];
            Array.Fill(logits, -1f);
            logits[best] = logits[^1] = 0.5f;

            Assert.Equal(best, sampler.Sample(State(SamplingParameters.Greedy), logits).TokenId);
        }
    }

    [Fact]
    public void Sample_TiesAtTheFilters_KeepTheLowestIds()
    {
        var sampler = new Sampler(Vocabulary);
        var topK = new HashSet<int>();
        var topP = new HashSet<int>();
        for (var seed = 0UL; seed < 300; seed++)
        {
            topK.Add(sampler.Sample(State(new() { TopK = 4, Seed = seed }), new float[Vocabulary]).TokenId);
            topP.Add(sampler.Sample(State(new() { TopP = 0.0999f, Seed = seed }), new float[Vocabulary]).TokenId);
        }

        Assert.Equal([0, 1, 2, 3], topK.Order());
        Assert.Equal([0, 1, 2, 3, 4, 5], topP.Order());
    }

    [Theory]
    [InlineData(0.05f)]
    [InlineData(0.5f)]
    [InlineData(0.97f)]
    public void Sample_TopPOfAFlatRow_FollowsTheReferenceDistribution(float topP)
    {
        // Four blocks of sums and a rest; tokens are counted in groups, for each alone is rare.
        const int Size = 2100;
        const int GroupSize = 70;
        var logits = Gaussian(6, Size);
        var sampler = new Sampler(Size);
        var counts = new int[Size / GroupSize];
        for (var seed = 0UL; seed < 20_000; seed++)
            counts[sampler.Sample(State(new() { Seed = seed, TopP = topP, Temperature = 3 }), [.. logits]).TokenId / GroupSize]++;

        var expected = SamplingReference.Probabilities(logits, new() { TopP = topP, Temperature = 3 }, [], []);
        ChiSquare.AssertFits(counts, expected.Chunk(GroupSize).Select(group => group.Sum()));
    }

    [Theory]
    [InlineData(-8)]
    [InlineData(-12)]
    [InlineData(-15)]
    public void Sample_TopPInALongTail_ReachesIntoIt(int tailLogit)
    {
        // One likely token, and a tail of equally unlikely ones that holds much or little of the mass: top-p cuts inside it, lowest ids first.
        const int Size = 4000;
        var tail = Math.Exp(tailLogit);
        var mass = 1 + (Size - 1) * tail;
        var topP = (float)((1 + 0.5 * (Size - 1) * tail) / mass);
        var logits = new float[Size];
        Array.Fill(logits, tailLogit);
        logits[10] = 0;
        var sampler = new Sampler(Size);
        var counts = new int[3];
        for (var seed = 0UL; seed < 1000; seed++)
        {
            var token = sampler.Sample(State(new() { Seed = seed, TopP = topP }), [.. logits]).TokenId;
            counts[token == 10 ? 0 : token < 0.51 * Size ? 1 : 2]++;
        }

        var kept = topP * mass;
        ChiSquare.AssertFits(counts, [1 / kept, 1 - 1 / kept, 0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void Sample_MinPOne_KeepsExactlyTheTokensAtTheMaximum(int topK)
    {
        var sampler = new Sampler(Vocabulary);
        var chosen = new HashSet<int>();
        for (var seed = 0UL; seed < 100; seed++)
        {
            var logits = new float[Vocabulary];
            Array.Fill(logits, MathF.BitDecrement(5));
            logits[3] = logits[17] = logits[59] = 5;
            chosen.Add(sampler.Sample(State(new() { Seed = seed, MinP = 1, TopK = topK }), logits).TokenId);
        }

        Assert.Equal([3, 17, 59], chosen.Order());
    }

    [Fact]
    public void Sample_RowAnywhereInMemory_IsTheSame()
    {
        var logits = Gaussian(1, 5001);
        var sampler = new Sampler(5001);
        SamplingParameters[] settings = [new() { Seed = 9 }, new() { Seed = 9, TopP = 0.99f }, new() { Seed = 9, TopLogprobs = 3 }];
        foreach (var parameters in settings)
        {
            var expected = sampler.Sample(State(parameters), [.. logits]);
            for (var offset = 1; offset < 16; offset++)
            {
                var buffer = new float[offset + logits.Length];
                logits.CopyTo(buffer, offset);
                var actual = sampler.Sample(State(parameters), buffer.AsSpan(offset));
                Assert.Equal(expected.TokenId, actual.TokenId);
                Assert.Equal(expected.Logprobs?.Logprob, actual.Logprobs?.Logprob);
            }
        }
    }

    [Fact]
    public void Sample_NaN_IsNeverChosen()
    {
        var sampler = new Sampler(Vocabulary);
        for (var seed = 0UL; seed < 200; seed++)
        {
            foreach (var parameters in EveryPath(seed))
            {
                var logits = new float[Vocabulary];
                Array.Fill(logits, float.NaN);
                logits[17] = -3e38f;
                logits[41] = -3e38f;
                Assert.Contains(sampler.Sample(State(parameters), logits).TokenId, new[] { 17, 41 });
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Sample_NothingUsable_IsAnError(float value)
    {
        var sampler = new Sampler(Vocabulary);
        foreach (var parameters in EveryPath(1))
        {
            var logits = new float[Vocabulary];
            Array.Fill(logits, value);

            Assert.Equal("The model produced no usable logits (all are NaN or masked).", sampler.Sample(State(parameters), logits).Error);
        }
    }

    [Fact]
    public void Sample_PositiveInfinity_OutweighsEverythingFinite()
    {
        var sampler = new Sampler(Vocabulary);
        foreach (var parameters in EveryPath(1))
        {
            var logits = Gaussian(2, Vocabulary);
            logits[33] = float.PositiveInfinity;
            logits[34] = float.NaN;

            Assert.Equal(33, sampler.Sample(State(parameters), logits).TokenId);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-42f)]
    [InlineData(-1e-42f)]
    [InlineData(3e38f)]
    [InlineData(-3e38f)]
    public void Sample_AllEqual_IsUniformOverWhatTheFiltersLeave(float value)
    {
        var sampler = new Sampler(Vocabulary);
        var counts = new int[Vocabulary];
        for (var seed = 0UL; seed < 20_000; seed++)
        {
            var logits = new float[Vocabulary];
            Array.Fill(logits, value);
            counts[sampler.Sample(State(new() { Seed = seed, Temperature = 0.7f, TopP = 0.999f, MinP = 0.5f }), logits).TokenId]++;
        }

        ChiSquare.AssertFits(counts, Enumerable.Repeat(1.0 / Vocabulary, Vocabulary));
    }

    [Fact]
    public void Sample_MinTokens_MasksStopTokensAgainstAnyBias()
    {
        var request = TestRequest.Greedy([1], 9).StoppedBy(3, 4, 100_000) with
        {
            MinTokens = 2,
            Sampling = SamplingParameters.Greedy with { LogitBias = new Dictionary<int, float> { [3] = 100 }.ToFrozenDictionary() },
        };
        var state = new SamplingState(request, 0);
        var sampler = new Sampler(Vocabulary);

        var tokens = Enumerable.Range(0, 3).Select(_ => Next()).ToArray();

        Assert.DoesNotContain(tokens[0], new[] { 3, 4 });
        Assert.DoesNotContain(tokens[1], new[] { 3, 4 });
        Assert.Equal(3, tokens[2]);

        int Next()
        {
            var token = sampler.Sample(state, Gaussian(8, Vocabulary)).TokenId;
            state.Observe(token);
            return token;
        }
    }

    [Fact]
    public void Sample_TopLogprobs_AreOfTheRawDistribution()
    {
        var logits = Gaussian(4, Vocabulary);
        var reference = SamplingReference.Probabilities(logits, new(), [], []);
        var parameters = new SamplingParameters
        {
            Temperature = 0.1f,
            TopK = 3,
            TopLogprobs = 5,
            Seed = 1,
            LogitBias = new Dictionary<int, float> { [20] = 1000 }.ToFrozenDictionary(),
        };

        var (token, logprobs, _) = new Sampler(Vocabulary).Sample(State(parameters), [.. logits]);

        Assert.Equal(20, token);
        Assert.Equal(Math.Log(reference[20]), logprobs!.Logprob, 1e-5);
        var best = Enumerable.Range(0, Vocabulary).OrderByDescending(i => logits[i]).Take(5).ToArray();
        Assert.Equal(best, logprobs.Top.Select(top => top.TokenId));
        foreach (var (id, logprob) in logprobs.Top)
            Assert.Equal(Math.Log(reference[id]), logprob, 1e-5);
    }

    [Fact]
    public void Sample_TopLogprobsZero_ReportsTheChosenTokenAlone()
    {
        var state = State(SamplingParameters.Greedy with { TopLogprobs = 0 });

        var logprobs = new Sampler(3).Sample(state, [0f, 0f, float.NegativeInfinity]).Logprobs;

        Assert.Equal(Math.Log(0.5), logprobs!.Logprob, 1e-6);
        Assert.Empty(logprobs.Top);
    }

    [Fact]
    public void Sample_ImpossibleLogprob_IsFinite()
    {
        var bias = new Dictionary<int, float> { [0] = 30_000 }.ToFrozenDictionary();
        var state = State(SamplingParameters.Greedy with { TopLogprobs = 2, LogitBias = bias });

        var (token, logprobs, _) = new Sampler(2).Sample(state, [-20_000f, 0f]);

        Assert.Equal(0, token);
        Assert.Equal(-9999, logprobs!.Logprob);
        Assert.Equal([(1, 0f), (0, -9999f)], logprobs.Top);
    }

    [Fact]
    public void Sample_SameSeed_DoesNotDependOnOtherRows()
    {
        var sampler = new Sampler(Vocabulary);
        var alone = Run(noise: false);

        Assert.Equal(alone, Run(noise: true));

        int[] Run(bool noise)
        {
            var state = State(new() { Seed = 77, TopP = 0.9f, PresencePenalty = 0.5f });
            var tokens = new int[20];
            for (var i = 0; i < tokens.Length; i++)
            {
                if (noise)
                    sampler.Sample(State(new() { Seed = (ulong)i, TopK = 5, TopLogprobs = 4 }), Gaussian(100 + i, Vocabulary));
                tokens[i] = sampler.Sample(state, Gaussian(i, Vocabulary)).TokenId;
                state.Observe(tokens[i]);
            }

            return tokens;
        }
    }

    private static SamplingParameters[] EveryPath(ulong seed) =>
    [
        SamplingParameters.Greedy,
        new() { Seed = seed },
        new() { Seed = seed, TopK = 5 },
        new() { Seed = seed, TopP = 0.9f },
        new() { Seed = seed, MinP = 0.1f },
        new() { Seed = seed, TopK = 5, TopP = 0.9f, MinP = 0.1f, Temperature = 0.01f, TopLogprobs = 3 },
    ];

    private static SamplingState State(SamplingParameters parameters, int[]? prompt = null, int[]? output = null)
    {
        var state = new SamplingState(TestRequest.Greedy(prompt ?? [0], 100) with { Sampling = parameters }, seed: 1);
        // The random stream is at the same place whatever was observed, for the seed varies.
        foreach (var token in output ?? [])
            state.Observe(token);
        return state;
    }

    private static float[] Gaussian(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * Normal()))];

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}

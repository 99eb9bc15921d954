using BenchmarkDotNet.Attributes;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Testing;

namespace Inference.Benchmarks.Sampling;

/// <summary>
/// One token from one row of logits over SmolLM2's vocabulary. The rate is that of reading the row once: no filter can do without.
/// </summary>
public class SamplerBenchmarks
{
    private const int VocabularySize = 49152;
    private const double RowGigabytes = VocabularySize * sizeof(float) / 1e9;
    private const int TokensSeen = 256;

    private readonly Sampler _sampler = new(VocabularySize);
    private readonly float[] _logits = new float[VocabularySize];
    private readonly int[] _seen = [.. Enumerable.Range(0, TokensSeen).Select(i => i * 191 % VocabularySize)];
    private readonly float[] _seenLogits = new float[TokensSeen];
    private readonly SamplingState _greedy = State(SamplingParameters.Greedy);
    private readonly SamplingState _temperature = State(new SamplingParameters { Temperature = 0.8f });
    private readonly SamplingState _topP = State(new SamplingParameters { Temperature = 0.8f, TopP = 0.9f });
    private readonly SamplingState _topK = State(new SamplingParameters { Temperature = 0.8f, TopK = 50 });
    private readonly SamplingState _minP = State(new SamplingParameters { Temperature = 0.8f, MinP = 0.05f });
    private readonly SamplingState _logprobs = State(SamplingParameters.Greedy with { TopLogprobs = 5 });
    private SamplingState _penalties = null!;

    [ParamsAllValues]
    public LogitsKind Logits { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < VocabularySize; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            _logits[i] = (float)(Logits == LogitsKind.Peaked ? 2.5 * normal : 0.5 * normal);
        }

        if (Logits == LogitsKind.Peaked)
        {
            for (var rank = 0; rank < 50; rank++)
                _logits[random.Next(VocabularySize)] = 18 - 1.5f * MathF.Log(1 + rank);
        }

        _penalties = State(SamplingParameters.Greedy with { RepetitionPenalty = 1.1f, FrequencyPenalty = 0.5f, PresencePenalty = 0.5f });
        for (var i = 0; i < TokensSeen; i++)
        {
            _penalties.Observe(_seen[i]);
            _seenLogits[i] = _logits[_seen[i]];
        }
    }

    [Benchmark(Baseline = true)]
    [Work(RowGigabytes, "GB")]
    public int Greedy() => Sample(_greedy);

    [Benchmark]
    [Work(RowGigabytes, "GB")]
    public int Temperature() => Sample(_temperature);

    [Benchmark]
    [Work(RowGigabytes, "GB")]
    public int TopP() => Sample(_topP);

    [Benchmark]
    [Work(RowGigabytes, "GB")]
    public int TopK() => Sample(_topK);

    [Benchmark]
    [Work(RowGigabytes, "GB")]
    public int MinP() => Sample(_minP);

    /// <summary>All three penalties on <see cref="TokensSeen"/> tokens, whose logits are put back afterwards.</summary>
    [Benchmark]
    [Work(RowGigabytes, "GB")]
    public int Penalties()
    {
        var token = Sample(_penalties);
        for (var i = 0; i < TokensSeen; i++)
            _logits[_seen[i]] = _seenLogits[i];
        return token;
    }

    [Benchmark]
    [Work(RowGigabytes, "GB")]
    public int Logprobs() => Sample(_logprobs);

    private int Sample(SamplingState state) => _sampler.Sample(state, _logits).TokenId;

    private static SamplingState State(SamplingParameters parameters) =>
        new(TestRequest.Greedy(promptLength: 8, maxTokens: 1) with { Sampling = parameters }, seed: 1);
}

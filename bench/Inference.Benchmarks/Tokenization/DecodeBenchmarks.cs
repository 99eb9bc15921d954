using BenchmarkDotNet.Attributes;
using Inference.Tokenization;

namespace Inference.Benchmarks.Tokenization;

/// <summary>Ids to text, all at once and as they come. Times and allocations are per token.</summary>
public class DecodeBenchmarks
{
    private const int TokenCount = 100_000;

    private Tokenizer _tokenizer = null!;
    private int[] _ids = null!;

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = SampleText.LoadTokenizer();
        _ids = _tokenizer.Encode(SampleText.Create(TextKind.English, _tokenizer, 10 * TokenCount))[..TokenCount];
    }

    [Benchmark(OperationsPerInvoke = TokenCount)]
    [Work(1e-6, "M tokens")]
    public string Decode() => _tokenizer.Decode(_ids);

    [Benchmark(OperationsPerInvoke = TokenCount)]
    [Work(1e-6, "M tokens")]
    public int Incremental()
    {
        var detokenizer = new IncrementalDetokenizer(_tokenizer);
        var length = 0;
        foreach (var id in _ids)
            length += detokenizer.Append(id).Length;
        return length + detokenizer.Flush().Length;
    }
}

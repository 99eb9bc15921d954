using BenchmarkDotNet.Attributes;
using Inference.Tokenization;

namespace Inference.Benchmarks.Tokenization;

/// <summary>A megabyte of text to ids: prose, and texts made to be slow.</summary>
public class EncodeBenchmarks
{
    private Tokenizer _tokenizer = null!;
    private string _text = null!;

    [ParamsAllValues]
    public TextKind Text { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = SampleText.LoadTokenizer();
        _text = SampleText.Create(Text, _tokenizer, 1_000_000);
    }

    [Benchmark]
    [Work(1, "MB")]
    public int[] Encode() => _tokenizer.Encode(_text);
}

using BenchmarkDotNet.Attributes;
using Inference.Models.Quantization;
using Inference.Testing;

namespace Inference.Benchmarks.Quantization;

/// <summary>Stored blocks to float32, a million elements on one thread. The rate is that of the floats written.</summary>
public class DequantizeBenchmarks
{
    private const int Elements = 6144 * 160;

    private readonly float[] _floats = new float[Elements];
    private TensorEncoding _encoding = null!;
    private byte[] _blocks = null!;

    [Params("F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0")]
    public string Type { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _encoding = FindEncoding(Type);
        var golden = File.ReadAllBytes(Path.Combine(RepositoryFiles.Golden, "gguf-quants", $"{Type.ToLowerInvariant()}.blocks"));
        var blocks = new List<byte>();
        while (blocks.Count < _encoding.ByteCount(Elements))
            blocks.AddRange(golden);
        _blocks = [.. blocks];
    }

    [Benchmark]
    [Work(Elements * sizeof(float) / 1e9, "GB")]
    public void Dequantize() => _encoding.Dequantize(_blocks, _floats);

    private static TensorEncoding FindEncoding(string name)
    {
        for (var id = 0u; id < 64; id++)
        {
            if (GgmlTypes.TryGet(id, out var encoding) && encoding.Name == name)
                return encoding;
        }

        throw new ArgumentException($"There is no ggml type {name}.", nameof(name));
    }
}

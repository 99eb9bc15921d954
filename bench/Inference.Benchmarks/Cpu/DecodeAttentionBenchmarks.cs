using BenchmarkDotNet.Attributes;

namespace Inference.Benchmarks.Cpu;

/// <summary>
/// One layer's float32 attention of 32 decoding sequences, on one thread. Bound by how fast keys and values come
/// from memory: the rate is theirs.
/// </summary>
public class DecodeAttentionBenchmarks
{
    private const int Sequences = 32;

    private AttentionStep _step = null!;

    [Params(32, 512, 4096)]
    public int Context { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _step = new AttentionStep(Sequences, Context - 1, 1);
        _step.WriteCache();
    }

    [GlobalCleanup]
    public void Cleanup() => _step.Dispose();

    [Benchmark]
    [Work(Sequences * AttentionStep.BytesPerPosition / 1e9, "GB", Times = nameof(Context))]
    public void Attend() => _step.Attend();
}

using BenchmarkDotNet.Attributes;

namespace Inference.Benchmarks.Cpu;

/// <summary>
/// One layer's float32 attention of a prompt chunk, on one thread. Bound by arithmetic: the rate counts both matrix products,
/// causal half only.
/// </summary>
public class PromptAttentionBenchmarks
{
    private const int Tokens = 512;

    private AttentionStep _step = null!;

    [GlobalSetup]
    public void Setup()
    {
        _step = new AttentionStep(1, 0, Tokens);
        _step.WriteCache();
    }

    [GlobalCleanup]
    public void Cleanup() => _step.Dispose();

    [Benchmark]
    [Work(Tokens * (Tokens + 1) / 2 * AttentionStep.OperationsPerPair / 1e9, "GFLOP")]
    public void Attend() => _step.Attend();

    [Benchmark]
    [Work(Tokens * AttentionStep.BytesPerPosition / 1e9, "GB")]
    public void WriteCache() => _step.WriteCache();
}

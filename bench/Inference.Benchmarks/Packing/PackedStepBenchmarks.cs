using BenchmarkDotNet.Attributes;
using Inference.Engine.Execution;
using Inference.Execution.Packing;

namespace Inference.Benchmarks.Packing;

/// <summary>A plan into the graph's inputs: decodes at context 512, and a prompt chunk that rides along.</summary>
public class PackedStepBenchmarks
{
    private const int Context = 512;

    private readonly PackedStep _step = new();
    private StepPlan _plan = null!;

    [Params(32, 256)]
    public int Decodes { get; set; }

    [Params(0, 512)]
    public int ChunkTokens { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var shares = Enumerable.Range(0, Decodes).Select(sequence => new SequenceShare(sequence, Context - 1, 1)).ToList();
        if (ChunkTokens > 0)
            shares.Add(new SequenceShare(Decodes, 0, ChunkTokens));
        var blocks = Context / 16;
        _plan = StepPlans.Create(new ModelLimits(49152, 2048, 16, (Decodes + 1) * blocks), blocks, [.. shares]);
    }

    [Benchmark]
    public void Pack() => _step.Pack(_plan);
}

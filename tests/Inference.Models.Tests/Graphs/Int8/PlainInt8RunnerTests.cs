using System.Numerics.Tensors;
using Inference.Models.Checkpoints;
using Inference.Models.Graphs.Int8;
using Inference.Models.Tests.Checkpoints;

namespace Inference.Models.Tests.Graphs.Int8;

/// <summary>An emitted graph in 8 bits, with the numbers that go with it, computes nearly what the original model does.</summary>
public sealed class PlainInt8RunnerTests
{
    /// <summary>
    /// Relative, of all logits: 0.04 and 0.11 as measured. A rotation, scale or norm in the wrong place makes it 1.
    /// </summary>
    private const float Tolerance = 0.15f;

    [Fact]
    public void Run_ZooLlama_IsNearTheOriginal()
    {
        using var model = ModelFolder.Open(RepositoryFiles.ZooLlama);
        AssertNear(model, [1, 17, 300, 5, 5, 411, 2, 99]);
    }

    [Fact]
    public void Run_SmolLm2_IsNearTheOriginal()
    {
        using var model = ModelFolder.Open(RepositoryFiles.SmolLm2);
        AssertNear(model, [504, 3575, 282, 4649, 314]);
    }

    private static void AssertNear(ModelFolder model, int[] ids)
    {
        var expected = new ReferenceDecoder(model.Spec, model.Weights).Logits(ids);

        var (actual, argMax) = new PlainInt8Runner(Int8GraphEmitter.Emit(model.Spec, model.Weights, "weights.bin", "scales.bin")).Run(ids);

        var error = TensorPrimitives.Distance<float>(expected, actual) / TensorPrimitives.Norm<float>(expected);
        Assert.InRange(error, 0, Tolerance);
        Assert.Equal(TensorPrimitives.IndexOfMax<float>(actual), argMax);
        Assert.Equal(TensorPrimitives.IndexOfMax<float>(expected), argMax);
    }
}

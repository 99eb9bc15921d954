using Inference.Execution;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Benchmarks.Steps;

/// <summary>The default model, converted and loaded as the server does it.</summary>
internal static class BenchmarkModel
{
    public static OnnxModelExecutor Load(ModelDType dtype, int maxModelLength, int blockCount) =>
        OnnxModelExecutor.Load(Convert(dtype), new ExecutorOptions { BlockCount = blockCount, MaxModelLength = maxModelLength });

    /// <summary>With a cache that holds the pasts of the shapes.</summary>
    public static async Task<OnnxModelExecutor> LoadFilledAsync(ModelDType dtype, int maxModelLength, StepShape[] shapes)
    {
        var executor = Load(dtype, maxModelLength, shapes.Max(shape => shape.BlockCount));
        foreach (var plan in shapes.SelectMany(shape => shape.Prefill(executor.Limits)))
            await executor.ExecuteAsync(plan, CancellationToken.None);
        return executor;
    }

    public static ConvertedModel Convert(ModelDType dtype)
    {
        using var model = ModelFolder.Open(RepositoryFiles.SmolLm2);
        var input = new ConversionInput(model.Spec, model.Weights, model.SourceFiles);
        var options = new ConversionOptions { DType = dtype };
        var cache = new ConversionCache(RepositoryFiles.ConversionCache);
        return cache.GetOrConvert(input, options, progress: null, CancellationToken.None);
    }
}

using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>A real model, converted and loaded as the server does it.</summary>
internal static class LoadedModel
{
    public static OnnxModelExecutor Open(string folder, int blockCount, ModelDType dtype = ModelDType.Float32, int blockSize = 16, int threads = 2)
    {
        using var model = ModelFolder.Open(folder);
        var converted = new ConversionCache(RepositoryFiles.ConversionCache).GetOrConvert(
            new ConversionInput(model.Spec, model.Weights, model.SourceFiles), new ConversionOptions { DType = dtype }, progress: null, CancellationToken.None);
        return OnnxModelExecutor.Load(converted, new ExecutorOptions
        {
            Threads = threads,
            BlockSize = blockSize,
            BlockCount = blockCount,
            MaxModelLength = Math.Min(model.Spec.MaxPositions, blockCount * blockSize),
        });
    }
}

using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>A real model, converted and loaded as the server does it.</summary>
internal static class LoadedModel
{
    private const int BlockSize = 16;

    public static OnnxModelExecutor Open(
        string folder,
        int blockCount,
        ModelDType dtype = ModelDType.Float32,
        KvCacheDType? kvCache = null,
        int? maxPositions = null,
        bool takesAdapters = false,
        string? cache = null)
    {
        using var model = ModelFolder.Open(folder);
        var spec = model.Spec with { MaxPositions = maxPositions ?? model.Spec.MaxPositions };
        var converted = new ConversionCache(cache ?? RepositoryFiles.ConversionCache).GetOrConvert(
            new ConversionInput(spec, model.Weights, model.SourceFiles),
            new ConversionOptions { DType = dtype, KvCacheDType = kvCache, TakesAdapters = takesAdapters },
            progress: null,
            CancellationToken.None);
        return OnnxModelExecutor.Load(converted, new ExecutorOptions
        {
            Threads = 2,
            BlockSize = BlockSize,
            BlockCount = blockCount,
            MaxModelLength = Math.Min(spec.MaxPositions, blockCount * BlockSize),
        });
    }
}

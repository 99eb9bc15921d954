using Inference.Models.GenAi;
using Inference.Testing;

namespace Inference.Execution.Tests.GenAi;

/// <summary>A package, rewritten and loaded as the server does it.</summary>
internal static class LoadedPackage
{
    private const int BlockSize = 16;

    public static OnnxModelExecutor Open(string package, int blockCount, int? maxLength = null)
    {
        var paged = GenAiPackage.Open(Path.Combine(RepositoryFiles.Packages, package)).Rewrite(maxLength);
        return OnnxModelExecutor.Load(paged, new ExecutorOptions
        {
            Threads = 2,
            BlockSize = BlockSize,
            BlockCount = blockCount,
            MaxModelLength = Math.Min(paged.Shape.MaxPositions, blockCount * BlockSize),
        });
    }
}

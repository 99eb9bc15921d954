using Inference.Execution.Cpu.Lora;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Lora;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>A checkpoint converted for adapters, and adapters for it.</summary>
internal sealed class LoraModel : IAsyncDisposable
{
    private readonly LoraBase _base;
    private readonly List<LoraAdapter> _adapters = [];

    public LoraModel(string folder, int blockCount, ModelDType dtype = ModelDType.Float32)
    {
        Executor = LoadedModel.Open(folder, blockCount, dtype, takesAdapters: true);
        using var files = ModelFolder.Open(folder);
        _base = LoraBase.Of(files, dtype);
    }

    public OnnxModelExecutor Executor { get; }

    /// <summary>An adapter of the tests' data; each call loads it anew.</summary>
    public LoraAdapter Load(string name) => LoadFrom(RepositoryFiles.Lora(name));

    public LoraAdapter LoadFrom(string path)
    {
        using var folder = LoraFolder.Open(path, _base, maxRank: 256);
        _adapters.Add(LoraAdapter.Load(folder, _base));
        return _adapters[^1];
    }

    public async ValueTask DisposeAsync()
    {
        await Executor.DisposeAsync();
        _adapters.ForEach(adapter => adapter.Retire());
    }
}

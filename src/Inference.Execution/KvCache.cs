using Inference.Execution.Cpu;
using Inference.Models;
using Inference.Models.Conversion;
using Microsoft.ML.OnnxRuntime;

namespace Inference.Execution;

/// <summary>The key and value blocks of every layer, allocated once. Pages are touched only when a block is first written.</summary>
public sealed unsafe class KvCache : IDisposable
{
    private readonly List<(LargePageMemory Memory, nuint BlockBytes)> _memory = [];
    private readonly List<(string Name, OrtValue Value)> _values = [];

    internal KvCache(ModelShape model, KvCacheDType dtype, int blockSize, int blockCount)
    {
        try
        {
            foreach (var tensor in CacheTensor.Of(model, dtype))
            {
                var blockBytes = checked((nuint)tensor.BytesPerBlock(blockSize));
                var bytes = checked(blockBytes * (nuint)blockCount);
                var memory = LargePageMemory.Allocate(bytes);
                _memory.Add((memory, blockBytes));
                _values.Add((tensor.Name, OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, tensor.ElementType, tensor.Shape(blockCount, blockSize), (nint)memory.Start, (long)bytes)));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes that one block takes, keys, values and their scales over all layers.</summary>
    public static long BytesPerBlock(ModelShape model, KvCacheDType dtype, int blockSize) =>
        CacheTensor.Of(model, dtype).Sum(tensor => tensor.BytesPerBlock(blockSize));

    /// <summary>Binds every layer's cache to the graph's inputs; they stay bound.</summary>
    internal void BindTo(OrtIoBinding binding)
    {
        foreach (var (name, value) in _values)
        {
            binding.BindInput(name, value);
        }
    }

    /// <summary>Makes one block equal to another, in every layer.</summary>
    /// <param name="source">A block's number, which the caller has checked.</param>
    /// <param name="destination">Another one.</param>
    internal void Copy(int source, int destination)
    {
        foreach (var (memory, blockBytes) in _memory)
        {
            Buffer.MemoryCopy(memory.Start + (nuint)source * blockBytes, memory.Start + (nuint)destination * blockBytes, blockBytes, blockBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.ForEach(entry => entry.Value.Dispose());
        _values.Clear();
        _memory.ForEach(entry => entry.Memory.Dispose());
        _memory.Clear();
    }
}

using System.Runtime.InteropServices;
using Inference.Models;
using Inference.Models.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution;

/// <summary>The key and value blocks of every layer, allocated once. Pages are touched only when a block is first written.</summary>
public sealed unsafe class KvCache : IDisposable
{
    private const int Alignment = 64;

    private readonly List<nint> _memory = [];
    private readonly List<OrtValue> _values = [];

    internal KvCache(DecoderSpec spec, int blockSize, int blockCount)
    {
        var attention = spec.Attention;
        var bytes = checked((nuint)(BytesPerBlock(spec, blockSize) / (2 * spec.LayerCount)) * (nuint)blockCount);
        long[] keyShape = [blockCount, attention.KvHeadCount, attention.HeadSize, blockSize];
        long[] valueShape = [blockCount, attention.KvHeadCount, blockSize, attention.HeadSize];
        try
        {
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                Add(keyShape, bytes);
                Add(valueShape, bytes);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes that one block takes over all layers: keys and values in float32.</summary>
    public static long BytesPerBlock(DecoderSpec spec, int blockSize) =>
        checked(2L * spec.LayerCount * spec.Attention.KvHeadCount * spec.Attention.HeadSize * blockSize * sizeof(float));

    /// <summary>Binds every layer's cache to the graph's inputs; they stay bound.</summary>
    internal void BindTo(OrtIoBinding binding)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            binding.BindInput(i % 2 == 0 ? GraphContract.KeyCache(i / 2) : GraphContract.ValueCache(i / 2), _values[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.ForEach(value => value.Dispose());
        _values.Clear();
        _memory.ForEach(memory => NativeMemory.AlignedFree((void*)memory));
        _memory.Clear();
    }

    private void Add(long[] shape, nuint bytes)
    {
        // A large aligned allocation comes straight from the system, zeroed and untouched; no need to clear it.
        var memory = NativeMemory.AlignedAlloc(bytes, Alignment);
        _memory.Add((nint)memory);
        _values.Add(OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, (nint)memory, (long)bytes));
    }
}

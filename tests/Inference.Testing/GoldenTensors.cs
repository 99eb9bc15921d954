using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Inference.Testing;

/// <summary>Float32 tensors of a trusted safetensors file, read independently of the code under test.</summary>
public sealed class GoldenTensors
{
    private readonly byte[] _bytes;
    private readonly JsonElement _header;
    private readonly int _dataStart;

    /// <summary>Reads the whole file.</summary>
    public GoldenTensors(string path)
    {
        _bytes = File.ReadAllBytes(path);
        var headerLength = checked((int)BinaryPrimitives.ReadInt64LittleEndian(_bytes));
        _dataStart = sizeof(long) + headerLength;
        _header = JsonSerializer.Deserialize<JsonElement>(_bytes.AsSpan(sizeof(long), headerLength));
    }

    /// <summary>A tensor's elements, row-major.</summary>
    public float[] Read(string name)
    {
        var offsets = _header.GetProperty(name).GetProperty("data_offsets");
        return MemoryMarshal.Cast<byte, float>(_bytes.AsSpan()[(_dataStart + offsets[0].GetInt32())..(_dataStart + offsets[1].GetInt32())]).ToArray();
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Inference.Models.Tests.SafeTensors;

/// <summary>Writes safetensors files for tests.</summary>
internal sealed class SafeTensorsBuilder
{
    private readonly List<string> _entries = [];
    private readonly List<byte> _data = [];

    /// <summary>A float32 tensor.</summary>
    public SafeTensorsBuilder With(string name, long[] shape, float[] values) =>
        With(name, "F32", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public SafeTensorsBuilder With(string name, string type, long[] shape, byte[] data)
    {
        var (begin, end) = (_data.Count, _data.Count + data.Length);
        _entries.Add($$"""
            "{{name}}":{"dtype":"{{type}}","shape":[{{string.Join(',', shape)}}],"data_offsets":[{{begin}},{{end}}]}
            """);
        _data.AddRange(data);
        return this;
    }

    public byte[] Build() => Build($$"""{"__metadata__":{"format":"pt"},{{string.Join(',', _entries)}}}""", [.. _data]);

    public static byte[] Build(string header, byte[] data)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        return [.. length, .. bytes, .. data];
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Inference.Models.Tests.SafeTensors;

/// <summary>Writes safetensors files for tests.</summary>
internal sealed class SafeTensorsBuilder
{
    private readonly List<(string Name, string Type, long[] Shape, byte[] Data)> _tensors = [];

    /// <summary>A float32 tensor.</summary>
    public SafeTensorsBuilder With(string name, long[] shape, float[] values) =>
        With(name, "F32", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public SafeTensorsBuilder With(string name, string type, long[] shape, byte[] data)
    {
        _tensors.Add((name, type, shape, data));
        return this;
    }

    public SafeTensorsBuilder Without(string name)
    {
        _tensors.RemoveAll(tensor => tensor.Name == name);
        return this;
    }

    public byte[] Build()
    {
        var end = 0;
        var entries = _tensors.Select(tensor => $$"""
            "{{tensor.Name}}":{"dtype":"{{tensor.Type}}","shape":[{{string.Join(',', tensor.Shape)}}],"data_offsets":[{{end}},{{end += tensor.Data.Length}}]}
            """);
        return Build($$"""{"__metadata__":{"format":"pt"},{{string.Join(',', entries)}}}""", [.. _tensors.SelectMany(tensor => tensor.Data)]);
    }

    public static byte[] Build(string header, byte[] data)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        return [.. length, .. bytes, .. data];
    }
}

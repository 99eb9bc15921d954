using System.Runtime.InteropServices;
using System.Text;

namespace Inference.Models.Tests.Gguf;

/// <summary>Writes GGUF files for tests, right ones and, through its settable fields, wrong ones.</summary>
internal sealed class GgufBuilder
{
    private readonly List<(string Key, object Value)> _metadata = [];
    private readonly List<(string Name, ulong[] Dimensions, uint Type, byte[] Data, ulong? Offset)> _tensors = [];

    public uint Magic { get; init; } = 0x4655_4747;

    public uint Version { get; init; } = 3;

    public int Alignment { get; init; } = 32;

    public ulong? TensorCount { get; init; }

    public ulong? PairCount { get; init; }

    /// <summary>A value is a number, bool, string, an array of those, or raw bytes (type included) in <see cref="RawValue"/>.</summary>
    public GgufBuilder With(string key, object value)
    {
        _metadata.Add((key, value));
        return this;
    }

    public GgufBuilder Without(string key)
    {
        _metadata.RemoveAll(pair => pair.Key == key);
        return this;
    }

    public GgufBuilder Replace(string key, object value) => Without(key).With(key, value);

    /// <summary>A float32 tensor.</summary>
    public GgufBuilder WithTensor(string name, long[] shape, float[] values) =>
        WithTensor(name, shape, 0, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>A tensor with a row-major shape; its offset follows from its place unless one is given.</summary>
    public GgufBuilder WithTensor(string name, long[] shape, uint type, byte[] data, ulong? offset = null)
    {
        _tensors.Add((name, [.. shape.Reverse().Select(dimension => (ulong)dimension)], type, data, offset));
        return this;
    }

    public GgufBuilder WithoutTensor(string name)
    {
        _tensors.RemoveAll(tensor => tensor.Name == name);
        return this;
    }

    public byte[] Build()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)_tensors.Count);
        writer.Write(PairCount ?? (ulong)_metadata.Count);
        foreach (var (key, value) in _metadata)
        {
            WriteString(writer, key);
            WriteValue(writer, value, withType: true);
        }

        var offset = 0UL;
        foreach (var tensor in _tensors)
        {
            WriteString(writer, tensor.Name);
            writer.Write((uint)tensor.Dimensions.Length);
            Array.ForEach(tensor.Dimensions, writer.Write);
            writer.Write(tensor.Type);
            writer.Write(tensor.Offset ?? offset);
            offset += (ulong)Padded(tensor.Data.Length);
        }

        writer.Write(new byte[Padded(stream.Length) - stream.Length]);
        foreach (var tensor in _tensors)
        {
            writer.Write(tensor.Data);
            writer.Write(new byte[Padded(tensor.Data.Length) - tensor.Data.Length]);
        }

        return stream.ToArray();
    }

    private static void WriteString(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static uint TypeId(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => 0,
        TypeCode.SByte => 1,
        TypeCode.UInt16 => 2,
        TypeCode.Int16 => 3,
        TypeCode.UInt32 => 4,
        TypeCode.Int32 => 5,
        TypeCode.Single => 6,
        TypeCode.Boolean => 7,
        TypeCode.String => 8,
        TypeCode.UInt64 => 10,
        TypeCode.Int64 => 11,
        TypeCode.Double => 12,
        _ => 9,
    };

    private static void WriteValue(BinaryWriter writer, object value, bool withType)
    {
        if (value is RawValue raw)
        {
            writer.Write(raw.Bytes);
            return;
        }

        if (withType)
        {
            writer.Write(TypeId(value.GetType()));
        }

        switch (value)
        {
            case byte number: writer.Write(number); break;
            case sbyte number: writer.Write(number); break;
            case ushort number: writer.Write(number); break;
            case short number: writer.Write(number); break;
            case uint number: writer.Write(number); break;
            case int number: writer.Write(number); break;
            case float number: writer.Write(number); break;
            case bool flag: writer.Write(flag); break;
            case ulong number: writer.Write(number); break;
            case long number: writer.Write(number); break;
            case double number: writer.Write(number); break;
            case string text: WriteString(writer, text); break;
            case Array array: WriteArray(writer, array); break;
            default: throw new ArgumentException($"GGUF has no {value.GetType()}.", nameof(value));
        }
    }

    private static void WriteArray(BinaryWriter writer, Array array)
    {
        writer.Write(TypeId(array.GetType().GetElementType()!));
        writer.Write((ulong)array.Length);
        foreach (var element in array)
        {
            WriteValue(writer, element, withType: false);
        }
    }

    private long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>A metadata value written as it is, its type first.</summary>
    public sealed record RawValue(params byte[] Bytes);
}

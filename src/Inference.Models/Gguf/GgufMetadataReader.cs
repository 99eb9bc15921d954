using System.Runtime.CompilerServices;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Reads the key-value pairs that follow a GGUF header.</summary>
internal static class GgufMetadataReader
{
    private const int MaxKeys = 1 << 16;
    private const int MaxKeyBytes = ushort.MaxValue;
    private const int MaxStringBytes = 16 << 20;
    private const int MaxArrayLength = 1 << 24;

    /// <summary>Arrays of arrays of arrays: more than any known file, few enough for the stack.</summary>
    private const int MaxNesting = 3;

    /// <summary>A key's length, a type and one byte.</summary>
    private const int MinPairBytes = sizeof(ulong) + sizeof(uint) + 1;

    /// <summary>Reads a number of pairs as the header says it.</summary>
    public static int ReadCount(GgufStream stream) => stream.ReadCount("metadata pairs", MinPairBytes, MaxKeys);

    /// <summary>Reads the pairs.</summary>
    /// <exception cref="ModelFormatException">Truncated, a duplicate key, an unknown type or an absurd size.</exception>
    public static GgufMetadata Read(CheckpointFile file, GgufStream stream, int count)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            stream.Subject = $"metadata pair {i}";
            var key = stream.ReadName("the key", MaxKeyBytes);
            stream.Subject = $"metadata '{OneLine.Shorten(key)}'";
            if (!values.TryAdd(key, ReadValue(stream, ReadType(stream), nesting: 0)))
            {
                throw stream.Error("the key occurs twice");
            }
        }

        return new GgufMetadata(file, values);
    }

    private static GgufValueType ReadType(GgufStream stream)
    {
        var type = (GgufValueType)stream.ReadUInt32();
        return Enum.IsDefined(type) ? type : throw stream.Error($"unknown value type {(uint)type}");
    }

    private static object ReadValue(GgufStream stream, GgufValueType type, int nesting) => type switch
    {
        GgufValueType.String => stream.ReadText(MaxStringBytes),
        GgufValueType.Array => ReadArray(stream, nesting),
        GgufValueType.Bool => ReadBool(stream),
        _ => ReadNumbers(stream, type, 1).GetValue(0)!,
    };

    private static Array ReadArray(GgufStream stream, int nesting)
    {
        if (nesting == MaxNesting)
        {
            throw stream.Error($"arrays are nested more than {MaxNesting} deep");
        }

        var type = ReadType(stream);
        var count = stream.ReadCount("array elements", MinBytes(type), MaxArrayLength);
        return type switch
        {
            GgufValueType.String => Fill(stream, count, () => stream.ReadText(MaxStringBytes)),
            GgufValueType.Array => Fill<object>(stream, count, () => ReadArray(stream, nesting + 1)),
            GgufValueType.Bool => Fill(stream, count, () => ReadBool(stream)),
            _ => ReadNumbers(stream, type, count),
        };
    }

    private static Array ReadNumbers(GgufStream stream, GgufValueType type, int count) => type switch
    {
        GgufValueType.UInt8 => stream.ReadArray<byte>(count),
        GgufValueType.Int8 => stream.ReadArray<sbyte>(count),
        GgufValueType.UInt16 => stream.ReadArray<ushort>(count),
        GgufValueType.Int16 => stream.ReadArray<short>(count),
        GgufValueType.UInt32 => stream.ReadArray<uint>(count),
        GgufValueType.Int32 => stream.ReadArray<int>(count),
        GgufValueType.Float32 => stream.ReadArray<float>(count),
        GgufValueType.UInt64 => stream.ReadArray<ulong>(count),
        GgufValueType.Int64 => stream.ReadArray<long>(count),
        GgufValueType.Float64 => stream.ReadArray<double>(count),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a number."),
    };

    private static bool ReadBool(GgufStream stream) => stream.ReadByte() switch
    {
        0 => false,
        1 => true,
        var other => throw stream.Error($"a boolean is 0 or 1, not {other}"),
    };

    private static T[] Fill<T>(GgufStream stream, int count, Func<T> read)
    {
        stream.Charge((long)count * Unsafe.SizeOf<T>());
        var elements = new T[count];
        for (var i = 0; i < count; i++)
        {
            elements[i] = read();
        }

        return elements;
    }

    private static int MinBytes(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.Array => sizeof(uint) + sizeof(ulong),
        _ => 8,
    };
}

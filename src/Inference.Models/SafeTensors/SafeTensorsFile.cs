using System.Buffers.Binary;
using System.Collections.Frozen;
using Inference.Models.Checkpoints;
using Inference.Models.Quantization;

namespace Inference.Models.SafeTensors;

/// <summary>
/// An open safetensors file: eight bytes of header length, a JSON header, and the tensors' bytes without holes, all checked when opened.
/// Format: safetensors, README.md, "Format".
/// </summary>
internal sealed class SafeTensorsFile : IDisposable
{
    /// <summary>The format's own limit.</summary>
    private const long MaxHeaderBytes = 100_000_000;

    private const string MetadataName = "__metadata__";

    private static readonly FrozenDictionary<string, TensorEncoding> Encodings =
        new[] { GgmlTypes.Float32, GgmlTypes.Float16, GgmlTypes.BFloat16 }.ToFrozenDictionary(encoding => encoding.Name);

    /// <summary>Types that other tensors of a checkpoint may have (masks, packed weights), with their bytes.</summary>
    private static readonly FrozenDictionary<string, int> RawTypes = new Dictionary<string, int>
    {
        ["BOOL"] = 1, ["U8"] = 1, ["I8"] = 1, ["F8_E4M3"] = 1, ["F8_E5M2"] = 1, ["F8_E8M0"] = 1,
        ["U16"] = 2, ["I16"] = 2, ["U32"] = 4, ["I32"] = 4, ["U64"] = 8, ["I64"] = 8, ["F64"] = 8,
    }.ToFrozenDictionary();

    private readonly CheckpointFile _file;

    private SafeTensorsFile(CheckpointFile file) => _file = file;

    /// <summary>As given to <see cref="Open"/>.</summary>
    public string Path => _file.Path;

    /// <summary>The tensors of floating-point numbers, by name.</summary>
    public Dictionary<string, StoredTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The other tensors, by name.</summary>
    public Dictionary<string, RawTensor> RawTensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="ModelFormatException">It is not a valid safetensors file; the message names the tensor.</exception>
    public static SafeTensorsFile Open(string path) => CheckpointFile.Open(path, Parse);

    /// <summary>An exception whose message names this file.</summary>
    public ModelFormatException Error(string what) => _file.Error(what);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static SafeTensorsFile Parse(CheckpointFile file)
    {
        var header = ReadHeader(file, out var dataStart);
        var result = new SafeTensorsFile(file);
        var places = new List<(string Name, long Begin, long End)>();
        foreach (var name in header.Names.Where(name => name != MetadataName))
        {
            places.Add(result.AddTensor(name, header.Require(name, header.GetObject(name)), dataStart));
        }

        CheckPlaces(file, places, file.Length - dataStart);
        return result;
    }

    private static JsonFields ReadHeader(CheckpointFile file, out long dataStart)
    {
        if (file.Length < sizeof(ulong))
        {
            throw file.Error($"is {file.Length} bytes long, too short for a safetensors file");
        }

        Span<byte> lengthBytes = stackalloc byte[sizeof(ulong)];
        file.Read(0, lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes || (long)length > file.Length - sizeof(ulong))
        {
            throw file.Error($"the header is said to be {length} bytes long; the file has {file.Length} and the limit is {MaxHeaderBytes}");
        }

        var bytes = new byte[length];
        file.Read(sizeof(ulong), bytes);
        dataStart = sizeof(ulong) + (long)length;
        return JsonFields.Parse(file.Path, bytes);
    }

    private (string Name, long Begin, long End) AddTensor(string name, JsonFields fields, long dataStart)
    {
        var type = fields.Require("dtype", fields.GetString("dtype"));
        var shape = fields.Require("shape", fields.GetIntegers("shape"));
        var offsets = fields.Require("data_offsets", fields.GetIntegers("data_offsets"));
        if (!TensorShape.TryGetElementCount(shape, out var count))
        {
            throw fields.Error("shape", $"{TensorShape.Format(shape)} has a dimension that is not positive, or is too large");
        }

        if (offsets is not [var begin, var end] || begin < 0 || end < begin)
        {
            throw fields.Error("data_offsets", $"{TensorShape.Format(offsets)} should be [begin, end]");
        }

        long bytes;
        if (Encodings.TryGetValue(type, out var encoding))
        {
            bytes = encoding.ByteCount(count);
            Tensors.Add(name, new StoredTensor(name, shape, encoding, _file, dataStart + begin));
        }
        else if (RawTypes.TryGetValue(type, out var elementBytes))
        {
            bytes = count * elementBytes;
            RawTensors.Add(name, new RawTensor(name, type, shape, _file, dataStart + begin, bytes));
        }
        else
        {
            throw fields.Error("dtype", $"'{OneLine.Shorten(type)}' is unknown");
        }

        return bytes == end - begin
            ? (name, begin, end)
            : throw fields.Error("data_offsets", $"hold {end - begin} bytes, but {type} {TensorShape.Format(shape)} takes {bytes}");
    }

    /// <summary>The format allows no overlap, no hole and nothing after the last tensor.</summary>
    private static void CheckPlaces(CheckpointFile file, List<(string Name, long Begin, long End)> places, long dataBytes)
    {
        var end = 0L;
        foreach (var place in places.OrderBy(place => place.Begin))
        {
            var name = OneLine.Shorten(place.Name);
            if (place.Begin != end)
            {
                throw file.Error($"tensor '{name}': its data starts at {place.Begin}, but the data before it ends at {end}");
            }

            if (place.End > dataBytes)
            {
                throw file.Error($"tensor '{name}': its data ends at {place.End}, but the file has {dataBytes} bytes of data");
            }

            end = place.End;
        }

        if (end != dataBytes)
        {
            throw file.Error($"the tensors take {end} bytes, but the file has {dataBytes} bytes of data");
        }
    }
}

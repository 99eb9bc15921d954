using System.Collections.Immutable;
using Inference.Models.Checkpoints;
using Inference.Models.Quantization;

namespace Inference.Models.Gguf;

/// <summary>
/// An open GGUF file, version 2 or 3, little-endian: metadata and where its tensors lie, both checked completely when opened.
/// Format: ggml, docs/gguf.md.
/// </summary>
internal sealed class GgufFile : IDisposable
{
    private const uint Magic = 0x4655_4747; // "GGUF"
    private const long DefaultAlignment = 32;
    private const long MaxAlignment = 1 << 20;
    private const int MaxTensors = 1 << 20;
    private const int MaxTensorNameBytes = 1024;
    private const int MaxDimensions = 4;

    /// <summary>A name's length, the number of dimensions, one dimension, type and offset.</summary>
    private const int MinTensorInfoBytes = sizeof(ulong) + sizeof(uint) + sizeof(ulong) + sizeof(uint) + sizeof(ulong);

    private readonly CheckpointFile _file;

    private GgufFile(CheckpointFile file, GgufMetadata metadata, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        _file = file;
        Metadata = metadata;
        Tensors = tensors;
    }

    /// <summary>As given to <see cref="Open"/>.</summary>
    public string Path => _file.Path;

    /// <summary>The key-value pairs.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>By the name in the file; shapes are row-major (the file stores dimensions in the opposite order).</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="ModelFormatException">It is not a GGUF file that can be read; the message names the field or tensor.</exception>
    public static GgufFile Open(string path) => CheckpointFile.Open(path, Parse);

    /// <summary>An exception whose message names this file.</summary>
    public ModelFormatException Error(string what) => _file.Error(what);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static GgufFile Parse(CheckpointFile file)
    {
        var stream = new GgufStream(file);
        ReadVersion(stream);
        var tensorCount = stream.ReadCount("tensors", MinTensorInfoBytes, MaxTensors);
        var metadata = GgufMetadataReader.Read(file, stream, GgufMetadataReader.ReadCount(stream));
        var tensors = ReadTensors(file, stream, tensorCount, Alignment(metadata));
        return new GgufFile(file, metadata, tensors);
    }

    private static void ReadVersion(GgufStream stream)
    {
        var magic = stream.ReadUInt32();
        if (magic != Magic)
        {
            throw stream.Error($"the magic is 0x{magic:X8}, so this is no GGUF file");
        }

        var version = stream.ReadUInt32();
        if (version is not (2 or 3))
        {
            throw stream.Error((version & 0xFFFF) == 0
                ? "the file is big-endian; only little-endian files can be read"
                : $"GGUF version {version} cannot be read, only 2 and 3");
        }
    }

    private static long Alignment(GgufMetadata metadata)
    {
        const string Key = "general.alignment";
        var alignment = metadata.GetInteger(Key) ?? DefaultAlignment;
        return alignment is > 0 and <= MaxAlignment && long.IsPow2(alignment)
            ? alignment
            : throw metadata.Error(Key, $"{alignment} is not a power of two up to {MaxAlignment}");
    }

    private static Dictionary<string, StoredTensor> ReadTensors(CheckpointFile file, GgufStream stream, int count, long alignment)
    {
        var infos = new List<(string Name, ImmutableArray<long> Shape, TensorEncoding Encoding, ulong Offset)>();
        for (var i = 0; i < count; i++)
        {
            stream.Subject = $"tensor {i}";
            var name = stream.ReadName("the name", MaxTensorNameBytes);
            stream.Subject = $"tensor '{OneLine.Shorten(name)}'";
            var shape = ReadShape(stream);
            infos.Add((name, shape, ReadEncoding(stream, shape[^1]), stream.ReadUInt64()));
        }

        // The data section starts at the next multiple of the alignment after the last tensor info.
        var dataStart = checked((stream.Position + alignment - 1) / alignment * alignment);
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var (name, shape, encoding, offset) in infos)
        {
            stream.Subject = $"tensor '{OneLine.Shorten(name)}'";
            CheckPlace(stream, offset, encoding.ByteCount(TensorShape.ElementCount(shape)), file.Length - dataStart, alignment);
            if (!tensors.TryAdd(name, new StoredTensor(name, shape, encoding, file, dataStart + (long)offset)))
            {
                throw stream.Error("the name occurs twice");
            }
        }

        CheckOverlaps(tensors.Values, stream);
        return tensors;
    }

    private static ImmutableArray<long> ReadShape(GgufStream stream)
    {
        var count = stream.ReadUInt32();
        if (count is 0 or > MaxDimensions)
        {
            throw stream.Error($"{count} dimensions, but a tensor has 1 to {MaxDimensions}");
        }

        var dimensions = stream.ReadArray<long>((int)count);
        Array.Reverse(dimensions);
        var shape = dimensions.ToImmutableArray();
        return TensorShape.TryGetElementCount(shape, out _)
            ? shape
            : throw stream.Error($"the shape {TensorShape.Format(shape)} has a dimension that is not positive, or is too large");
    }

    private static TensorEncoding ReadEncoding(GgufStream stream, long columns)
    {
        var type = stream.ReadUInt32();
        if (!GgmlTypes.TryGet(type, out var encoding))
        {
            throw stream.Error($"ggml type {type} cannot be read; supported are {GgmlTypes.SupportedNames}");
        }

        return columns % encoding.ElementsPerBlock == 0
            ? encoding
            : throw stream.Error($"rows of {columns} elements are not whole {encoding.Name} blocks of {encoding.ElementsPerBlock}");
    }

    private static void CheckPlace(GgufStream stream, ulong offset, long bytes, long available, long alignment)
    {
        if (offset % (ulong)alignment != 0)
        {
            throw stream.Error($"the offset {offset} is not a multiple of the alignment {alignment}");
        }

        if (available < bytes || offset > (ulong)(available - bytes))
        {
            throw stream.Error($"{bytes} bytes at offset {offset} lie outside the file, which has {Math.Max(0, available)} bytes of data");
        }
    }

    private static void CheckOverlaps(IEnumerable<StoredTensor> tensors, GgufStream stream)
    {
        StoredTensor? previous = null;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset))
        {
            if (previous is not null && tensor.Offset < previous.Offset + previous.ByteCount)
            {
                stream.Subject = $"tensor '{OneLine.Shorten(tensor.Name)}'";
                throw stream.Error($"its data overlaps that of '{OneLine.Shorten(previous.Name)}'");
            }

            previous = tensor;
        }
    }
}

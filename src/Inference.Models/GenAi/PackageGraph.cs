using System.Globalization;
using Inference.Models.Checkpoints;
using Inference.Models.Graphs.Onnx;
using DataLocation = Inference.Models.Graphs.Onnx.TensorProto.Types.DataLocation;

namespace Inference.Models.GenAi;

/// <summary>Reads a package's graph, and holds its constants to the files that they lie in before ONNX Runtime maps them.</summary>
internal static class PackageGraph
{
    /// <summary>As much as protobuf can hold.</summary>
    private const long MaxBytes = int.MaxValue;

    /// <exception cref="ModelFormatException">The file is no graph, or a constant lies outside the files of its folder.</exception>
    public static ModelProto Read(string path)
    {
        var model = Parse(path);
        if (model.Graph is null)
        {
            throw new ModelFormatException($"{path}: holds no graph");
        }

        var folder = Path.GetDirectoryName(path)!;
        var lengths = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var tensor in model.Graph.Initializer.Where(tensor => tensor.DataLocation == DataLocation.External))
        {
            CheckPlace(tensor, path, name => LengthOf(name, folder, lengths));
        }

        return model;
    }

    private static ModelProto Parse(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return file.Length <= MaxBytes
                ? ModelProto.Parser.ParseFrom(file)
                : throw new ModelFormatException($"{path}: is {file.Length} bytes long, more than a graph can be");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // InvalidProtocolBufferException is an IOException.
            throw new ModelFormatException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    private static void CheckPlace(TensorProto tensor, string path, Func<string, long?> lengthOf)
    {
        ModelFormatException Error(string what) => new($"{path}: tensor '{OneLine.Shorten(tensor.Name)}' {what}");

        var location = Entry(tensor, "location") ?? throw Error("does not say which file holds it");
        if (!PackageFiles.IsWithin(location))
        {
            throw Error($"lies in '{OneLine.Shorten(location)}', which is not a file of the package's folder");
        }

        var length = lengthOf(location) ?? throw Error($"lies in '{OneLine.Shorten(location)}', which is not there");
        var offset = Number("offset") ?? 0;
        var size = Number("length") ?? length - offset;
        if (offset > length || size > length - offset)
        {
            throw Error($"ends behind the {length} bytes of '{OneLine.Shorten(location)}'");
        }

        long? Number(string key) => Entry(tensor, key) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw Error($"has the {key} '{OneLine.Shorten(text)}', which is no number");
    }

    private static string? Entry(TensorProto tensor, string key) => tensor.ExternalData.LastOrDefault(entry => entry.Key == key)?.Value;

    private static long? LengthOf(string name, string folder, Dictionary<string, long> lengths)
    {
        if (!lengths.TryGetValue(name, out var length))
        {
            var file = new FileInfo(Path.Combine(folder, name));
            length = file.Exists ? file.Length : -1;
            lengths.Add(name, length);
        }

        return length >= 0 ? length : null;
    }
}

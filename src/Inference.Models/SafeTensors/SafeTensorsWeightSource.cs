using System.Collections.Immutable;
using Inference.Models.Checkpoints;

namespace Inference.Models.SafeTensors;

/// <summary>The tensors of one safetensors file, or of several with an index, under their own names. Safe for concurrent readers.</summary>
internal sealed class SafeTensorsWeightSource : WeightSource
{
    private readonly string _path;
    private readonly IReadOnlyList<SafeTensorsFile> _files;
    private readonly Dictionary<string, SafeTensorsFile> _fileOf = new(StringComparer.Ordinal);

    private SafeTensorsWeightSource(string path, IReadOnlyList<SafeTensorsFile> files)
    {
        _path = path;
        _files = files;
    }

    /// <summary>The files, in a fixed order.</summary>
    public IEnumerable<string> Paths => _files.Select(file => file.Path);

    /// <inheritdoc/>
    public override IEnumerable<string> Names => _fileOf.Keys;

    /// <summary>Opens a single file.</summary>
    public static SafeTensorsWeightSource OpenFile(string path)
    {
        var file = SafeTensorsFile.Open(path);
        var source = new SafeTensorsWeightSource(path, [file]);
        foreach (var name in file.Tensors.Keys.Concat(file.RawTensors.Keys))
        {
            source._fileOf.Add(name, file);
        }

        return source;
    }

    /// <summary>Opens the files that an index names.</summary>
    /// <exception cref="ModelFormatException">The index or a file is not valid, or a file lacks a tensor of the index.</exception>
    public static SafeTensorsWeightSource OpenSharded(string indexPath)
    {
        var index = SafeTensorsIndex.Load(indexPath);
        var folder = Path.GetDirectoryName(indexPath) ?? "";
        var files = new SortedDictionary<string, SafeTensorsFile>(StringComparer.Ordinal);
        try
        {
            foreach (var name in index.FileOf.Values)
            {
                if (!files.ContainsKey(name))
                {
                    files.Add(name, SafeTensorsFile.Open(Path.Combine(folder, name)));
                }
            }

            var source = new SafeTensorsWeightSource(indexPath, [.. files.Values]);
            foreach (var (tensor, name) in index.FileOf)
            {
                source._fileOf.Add(tensor, Contains(files[name], tensor)
                    ? files[name]
                    : throw new ModelFormatException($"{indexPath}: tensor '{OneLine.Shorten(tensor)}' is not in {name}"));
            }

            return source;
        }
        catch
        {
            DisposeAll(files.Values);
            throw;
        }
    }

    /// <summary>A tensor of integers; null when there is none of that name.</summary>
    public RawTensor? FindRaw(string name) => _fileOf.GetValueOrDefault(name)?.RawTensors.GetValueOrDefault(name);

    /// <summary>An exception whose message names the checkpoint and the tensor.</summary>
    public ModelFormatException Error(string name, string what) =>
        new($"{_fileOf.GetValueOrDefault(name)?.Path ?? _path}: tensor '{OneLine.Shorten(name)}': {what}");

    /// <inheritdoc/>
    public override bool TryGetShape(string name, out ImmutableArray<long> shape)
    {
        shape = [];
        if (!_fileOf.TryGetValue(name, out var file))
        {
            return false;
        }

        shape = Tensor(file, name).Shape;
        return true;
    }

    /// <inheritdoc/>
    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        var file = _fileOf.GetValueOrDefault(name) ?? throw new ModelFormatException($"{_path}: tensor '{name}' is missing");
        Tensor(file, name).ReadRows(firstRow, destination);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        DisposeAll(_files);
        base.Dispose(disposing);
    }

    private static StoredTensor Tensor(SafeTensorsFile file, string name) => file.Tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw file.Error($"tensor '{name}': type {file.RawTensors[name].Type} cannot be read, only F32, F16 and BF16");

    private static bool Contains(SafeTensorsFile file, string tensor) =>
        file.Tensors.ContainsKey(tensor) || file.RawTensors.ContainsKey(tensor);

    private static void DisposeAll(IEnumerable<SafeTensorsFile> files)
    {
        foreach (var file in files)
        {
            file.Dispose();
        }
    }
}

using System.Collections.Immutable;
using Inference.Models.Gguf;
using Inference.Models.Packed;
using Inference.Models.SafeTensors;

namespace Inference.Models.Checkpoints;

/// <summary>An open model: what it computes, its weights, and the files that both were read from.</summary>
public sealed class ModelFolder : IDisposable
{
    private const string ConfigName = "config.json";
    private const string SafeTensorsName = "model.safetensors";

    /// <summary>The settings of GPTQ checkpoints that are older than their place in config.json.</summary>
    private const string PackingName = "quantize_config.json";
    private const int MaxPackingBytes = 1 << 20;

    private ModelFolder(string path, ModelFamily family, DecoderSpec spec, WeightSource weights, IReadOnlyList<string> sourceFiles)
    {
        FolderPath = path;
        Family = family;
        Spec = spec;
        Weights = weights;
        SourceFiles = sourceFiles;
    }

    /// <summary>The folder, with the tokenizer's files beside the weights.</summary>
    public string FolderPath { get; }

    /// <summary>Whose names the published checkpoints of such models have.</summary>
    internal ModelFamily Family { get; }

    /// <summary>What the model computes; all its numbers have been checked.</summary>
    public DecoderSpec Spec { get; }

    /// <summary>
    /// The weights; every tensor that <see cref="Spec"/> needs is there, of the right shape and readable. Safe for concurrent readers.
    /// </summary>
    public WeightSource Weights { get; }

    /// <summary>Every file that <see cref="Spec"/> and <see cref="Weights"/> depend on, in a fixed order.</summary>
    public IReadOnlyList<string> SourceFiles { get; }

    /// <summary>
    /// The key-value pairs of the GGUF file, each value boxed as the type that it has there, an array as an array of that type; null for another
    /// format.
    /// </summary>
    public IReadOnlyDictionary<string, object>? GgufMetadata { get; private init; }

    /// <summary>
    /// Opens a folder that holds config.json and model.safetensors (or model.safetensors.index.json with its shards, or one other
    /// .safetensors file); else one .gguf file, with or without config.json; or a .gguf file itself, with the config.json beside it, if
    /// there is one.
    /// </summary>
    /// <exception cref="ModelFormatException">The model cannot be used; the message names the file and the field or tensor.</exception>
    public static ModelFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var fullPath = Path.GetFullPath(path);
        if (File.Exists(fullPath))
        {
            return IsGguf(fullPath)
                ? OpenGguf(fullPath)
                : throw new ModelFormatException($"{path}: a model is a folder or a .gguf file");
        }

        if (!Directory.Exists(fullPath))
        {
            throw new ModelFormatException($"{path}: there is no such folder or file");
        }

        if (FindSafeTensors(fullPath) is { } safeTensors)
        {
            return OpenSafeTensors(fullPath, safeTensors);
        }

        return OpenGguf(OnlyFile(fullPath, "*.gguf") ?? throw new ModelFormatException($"{path}: has no .safetensors and no .gguf file"));
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    private static ModelFolder OpenSafeTensors(string folder, string weightsPath)
    {
        var configPath = Path.Combine(folder, ConfigName);
        var (spec, family, packing) = ConfigSpecReader.ReadWithFamily(configPath);
        var packingPath = Path.Combine(folder, PackingName);
        var isPackedElsewhere = packing is null && File.Exists(packingPath);
        if (isPackedElsewhere)
        {
            packing = PackingSpec.Read(JsonFields.Load(packingPath, MaxPackingBytes), otherwise: "gptq");
        }

        var isSharded = Path.GetFileName(weightsPath) == SafeTensorsIndex.FileName;
        var weights = isSharded ? SafeTensorsWeightSource.OpenSharded(weightsPath) : SafeTensorsWeightSource.OpenFile(weightsPath);
        ImmutableArray<string> sources =
        [
            configPath, .. isPackedElsewhere ? [packingPath] : Array.Empty<string>(), weightsPath, .. isSharded ? weights.Paths : [],
        ];
        WeightSource unpacked = packing is null ? weights : Unpacked(weights, packing);
        return Validated(new ModelFolder(folder, family, spec, family.Adapt(spec, unpacked), sources), weightsPath);
    }

    private static PackedWeightSource Unpacked(SafeTensorsWeightSource weights, PackingSpec packing)
    {
        try
        {
            return new PackedWeightSource(weights, packing);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static ModelFolder OpenGguf(string path)
    {
        var file = GgufFile.Open(path);
        try
        {
            var (spec, architecture) = GgufSpecReader.Read(file);
            var folder = Path.GetDirectoryName(path)!;
            var configPath = Path.Combine(folder, ConfigName);
            ImmutableArray<string> sources = [path];
            if (File.Exists(configPath))
            {
                var configSpec = ConfigSpecReader.Read(configPath);
                SpecAgreement.Check(configSpec, configPath, spec, path);
                (spec, sources) = (configSpec, [configPath, path]);
            }

            var family = ModelFamily.OfModelType(spec.ModelType)!;
            var weights = architecture.Open(file, spec);
            return Validated(new ModelFolder(folder, family, spec, weights, sources) { GgufMetadata = file.Metadata.Values }, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static ModelFolder Validated(ModelFolder model, string weightsPath)
    {
        try
        {
            CheckpointValidator.Validate(model.Spec, model.Weights, weightsPath);
            return model;
        }
        catch (ModelFormatException exception) when (!exception.Message.Contains(model.FolderPath, StringComparison.Ordinal))
        {
            model.Dispose();
            throw new ModelFormatException($"{weightsPath}: {exception.Message}", exception);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string? FindSafeTensors(string folder)
    {
        string[] known = [Path.Combine(folder, SafeTensorsName), Path.Combine(folder, SafeTensorsIndex.FileName)];
        return known.FirstOrDefault(File.Exists) ?? OnlyFile(folder, "*.safetensors");
    }

    private static string? OnlyFile(string folder, string pattern)
    {
        var files = Directory.GetFiles(folder, pattern);
        return files.Length <= 1
            ? files.FirstOrDefault()
            : throw new ModelFormatException($"{folder}: holds {files.Length} {pattern} files; it must be clear which one is the model");
    }

    private static bool IsGguf(string path) => Path.GetExtension(path).Equals(".gguf", StringComparison.OrdinalIgnoreCase);
}

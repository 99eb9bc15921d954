namespace Inference.Models.Conversion;

/// <summary>
/// A converted model in a folder of its own, with its tokenizer beside it: all that is needed to serve it, without the files that it was
/// made of.
/// </summary>
public static class ConvertedPackage
{
    private const string PartialSuffix = ".partial";

    /// <summary>Whether a folder is one.</summary>
    public static bool IsAt(string path) =>
        File.Exists(Path.Combine(path, ConversionManifest.FileName)) && File.Exists(Path.Combine(path, ModelWriter.ModelFile));

    /// <summary>Checks a folder to the last byte.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Told of the bytes checked.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ModelFormatException">It is damaged, or was made by another version.</exception>
    public static ConvertedModel Open(string folder, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        const long MaxManifestBytes = 64 << 20;
        var path = Path.Combine(folder, ConversionManifest.FileName);
        try
        {
            var manifest = new FileInfo(path).Length <= MaxManifestBytes ? ConversionManifest.Parse(File.ReadAllBytes(path)) : null;
            if (manifest is null)
            {
                throw new ModelFormatException($"{path}: is no manifest of a converted model of this version; convert the model again");
            }

            var target = new ConversionTarget(manifest.DType, manifest.KvCacheDType);
            return new CacheEntry(folder, manifest.Key, manifest.Spec, target).IsWhole(progress, cancellationToken)
                ? new ConvertedModel(Path.Combine(folder, ModelWriter.ModelFile), manifest.Spec, manifest.DType, manifest.KvCacheDType)
                : throw new ModelFormatException($"{folder}: the converted model is damaged or of another version; convert the model again");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Copies a model of a <see cref="ConversionCache"/>, which shares the disk space where the file system can. The folder appears whole
    /// or not at all.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Not there yet, or empty, or a package, which is replaced.</param>
    /// <param name="companions">Files to have beside it: the tokenizer's.</param>
    /// <exception cref="ConversionException">The folder holds something else, or cannot be written.</exception>
    public static void Write(ConvertedModel model, string folder, IEnumerable<string> companions)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var partial = target + PartialSuffix;
        var source = Path.GetDirectoryName(model.ModelPath)!;
        try
        {
            if (Directory.Exists(target) && !IsAt(target) && Directory.EnumerateFileSystemEntries(target).Any())
            {
                throw new IOException("the folder holds something else");
            }

            Directory.CreateDirectory(partial);
            foreach (var file in Directory.EnumerateFiles(source).Concat(companions))
            {
                Copy(file, Path.Combine(partial, Path.GetFileName(file)));
            }

            if (Directory.Exists(target))
            {
                Directory.Delete(target, recursive: true);
            }

            Directory.Move(partial, target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConversionException($"--output {folder}: {exception.Message}", exception);
        }
    }

    private static void Copy(string from, string to)
    {
        File.Copy(from, to, overwrite: true);
        using var copy = File.OpenHandle(to, access: FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(copy);
    }
}

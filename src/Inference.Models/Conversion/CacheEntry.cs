using Inference.Models.Graphs;

namespace Inference.Models.Conversion;

/// <summary>A converted model's place in the cache.</summary>
/// <param name="Folder">Where it lies, or will lie.</param>
/// <param name="Key">See <see cref="ConversionKey"/>.</param>
/// <param name="Spec">What the model computes.</param>
/// <param name="Target">In which form.</param>
internal sealed record CacheEntry(string Folder, string Key, DecoderSpec Spec, ConversionTarget Target)
{
    /// <summary>
    /// Whether the entry is there, and every byte as it was written. All weights are read for that; the session that is made next reads the
    /// same pages, from memory then.
    /// </summary>
    public bool IsWhole(IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return ConversionManifest.Parse(File.ReadAllBytes(Path.Combine(Folder, ConversionManifest.FileName))) is { } manifest
                && manifest.Key == Key && manifest.Spec == Spec
                && manifest.DType == Target.DType && manifest.KvCacheDType == Target.KvCacheDType
                && manifest.EmitterVersion == DecoderGraphEmitter.Version
                && manifest.Files.Select(file => file.Name).SequenceEqual(Target.FileNames)
                && manifest.Files.All(file => new FileInfo(Path.Combine(Folder, file.Name)).Length == file.Length)
                && manifest.Files.SequenceEqual(Digest(Folder, progress, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not there, or not readable: it is made anew, and whatever is wrong with the disk shows then.
            return false;
        }
    }

    /// <summary>The manifest of the files that were written into a folder for this entry.</summary>
    public ConversionManifest Describe(string folder, CancellationToken cancellationToken) => new()
    {
        Key = Key,
        DType = Target.DType,
        KvCacheDType = Target.KvCacheDType,
        EmitterVersion = DecoderGraphEmitter.Version,
        Spec = Spec,
        Files = Digest(folder, progress: null, cancellationToken),
    };

    private List<ManifestFile> Digest(string folder, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        var files = Target.FileNames.Select(name => new FileInfo(Path.Combine(folder, name))).ToList();
        var counter = new ProgressCounter(ConversionStage.Verify, files.Sum(file => file.Length), progress);
        return [.. files.Select(Describe)];

        ManifestFile Describe(FileInfo file) => new(file.Name, file.Length, FileDigest.Compute(file.FullName, counter, cancellationToken));
    }
}

using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Inference.Models.Graphs;

namespace Inference.Models.Conversion;

/// <summary>Names a conversion: the same name means the same result, byte for byte.</summary>
internal static class ConversionKey
{
    /// <summary>
    /// Hashes what is emitted and by which version, the spec as converted, and the name and content of each source file.
    /// </summary>
    /// <exception cref="ModelFormatException">A source file cannot be read.</exception>
    public static string Compute(
        DecoderSpec spec,
        ConversionTarget target,
        IReadOnlyList<string> sourceFiles,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken)
    {
        var hash = new XxHash128();
        Append(hash, $"{target.DType} cache {target.KvCacheDType} emitter {DecoderGraphEmitter.Version}");
        if (target.TakesAdapters)
        {
            Append(hash, "adapters");
        }

        Append(hash, JsonSerializer.Serialize(spec, ManifestJsonContext.Default.DecoderSpec));
        foreach (var line in Describe(sourceFiles, progress, cancellationToken).Order(StringComparer.Ordinal))
        {
            Append(hash, line);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static List<string> Describe(
        IReadOnlyList<string> sourceFiles, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        var path = "";
        try
        {
            var lengths = sourceFiles.Sum(file => new FileInfo(path = file).Length);
            var counter = new ProgressCounter(ConversionStage.Identify, lengths, progress);
            return
            [
                .. sourceFiles.Select(file => $"{Path.GetFileName(path = file)} {FileDigest.Compute(file, counter, cancellationToken)}"),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"cannot read '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>The terminator keeps "ab" + "c" apart from "a" + "bc".</summary>
    private static void Append(XxHash128 hash, string text) => hash.Append(Encoding.UTF8.GetBytes(text + "\0"));
}

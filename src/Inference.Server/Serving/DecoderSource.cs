using Inference.Models;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Server.Options;
using Inference.Tokenization;

namespace Inference.Server.Serving;

/// <summary>
/// A decoder's files, checked and open: a checkpoint that is converted when it is needed, or a package that was converted before.
/// </summary>
internal sealed class DecoderSource : IDisposable
{
    private readonly ModelFolder? _checkpoint;
    private readonly ConvertedModel? _package;

    private DecoderSource(ModelFolder checkpoint) =>
        (_checkpoint, Folder, Spec) = (checkpoint, checkpoint.FolderPath, checkpoint.Spec);

    private DecoderSource(string folder, ConvertedModel package) => (_package, Folder, Spec) = (package, folder, package.Spec);

    /// <summary>Where the tokenizer and the other small files are.</summary>
    public string Folder { get; }

    /// <summary>What it computes.</summary>
    public DecoderSpec Spec { get; }

    /// <summary>The checkpoint; null for a package.</summary>
    public ModelFolder? Checkpoint => _checkpoint;

    /// <summary>Opens a folder or a file.</summary>
    /// <exception cref="ModelFormatException">The files cannot be used.</exception>
    public static DecoderSource Open(string path, IProgress<ConversionProgress> progress) => ConvertedPackage.IsAt(path)
        ? new DecoderSource(path, ConvertedPackage.Open(path, progress, CancellationToken.None))
        : new DecoderSource(ModelFolder.Open(path));

    /// <summary>The tokenizer beside the weights, or within them.</summary>
    /// <exception cref="TokenizerFormatException">The tokenizer's files cannot be used.</exception>
    /// <exception cref="ModelFormatException">The tokenizer has more tokens than the model.</exception>
    public TokenizerFolder LoadTokenizer()
    {
        var tokenizer = TokenizerFolder.Load(
            Folder, _checkpoint?.GgufMetadata is { } metadata ? new GgufVocabulary(_checkpoint.SourceFiles[^1], metadata) : null);
        return tokenizer.Tokenizer.VocabularySize <= Spec.VocabularySize
            ? tokenizer
            : throw new ModelFormatException(
                $"{Folder}: the tokenizer has token ids up to {tokenizer.Tokenizer.VocabularySize - 1}, "
                + $"but the model's vocabulary has {Spec.VocabularySize} entries");
    }

    /// <summary>How to run it.</summary>
    /// <exception cref="OptionException">An option does not suit the model.</exception>
    public LoadPlan Plan(ServerOptions options, int cacheShares)
    {
        if (_package is null)
        {
            return LoadPlan.For(Spec, options, cacheShares) with { TakesAdapters = options.TakesAdapters };
        }

        return options.TakesAdapters
            ? throw new OptionException($"{Folder}: a package that was converted before takes no adapters (--lora, --allow-runtime-lora-updating); serve the checkpoint")
            : LoadPlan.For(_package, options, cacheShares);
    }

    /// <summary>The model in the form that runs, converted if that was not done before.</summary>
    /// <exception cref="ConversionException">The converted model cannot be kept.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was written is kept for the next call.</exception>
    public ConvertedModel Convert(
        LoadPlan plan, string? cacheDirectory, IProgress<ConversionProgress> progress, CancellationToken cancellationToken) =>
        _package ?? new ConversionCache(cacheDirectory ?? DefaultCacheDirectory()).GetOrConvert(
            new ConversionInput(Spec, _checkpoint!.Weights, _checkpoint.SourceFiles),
            new ConversionOptions { DType = plan.DType, KvCacheDType = plan.KvCacheDType, TakesAdapters = plan.TakesAdapters },
            progress,
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _checkpoint?.Dispose();

    private static string DefaultCacheDirectory()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(root, "inference");
    }
}

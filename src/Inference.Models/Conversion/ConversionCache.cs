using Inference.Models.Checkpoints;
using Inference.Models.Graphs;

namespace Inference.Models.Conversion;

/// <summary>
/// Keeps converted models in a folder, one subfolder each, named by a hash of all that determines it. A model appears there by a rename,
/// whole or not at all, and is checked to the last byte before each use. Several processes may share the folder.
/// </summary>
public sealed class ConversionCache
{
    private const string LockSuffix = ".lock";

    private const string PartialSuffix = ".partial";

    private const string DamagedSuffix = ".damaged";

    private readonly string _directory;

    /// <summary>After so many bytes of weights an interrupted conversion can go on from there.</summary>
    internal long ChapterLength { get; init; } = 256L << 20;

    /// <param name="directory">Made when the first model is converted.</param>
    public ConversionCache(string directory)
    {
        _directory = Path.GetFullPath(directory);
    }

    /// <summary>
    /// Gives the converted model, from the cache if it is there and whole. Blocks for as long as it takes, and uses all cores.
    /// </summary>
    /// <param name="input">The model.</param>
    /// <param name="options">How to convert it.</param>
    /// <param name="progress">Called from several threads, one at a time.</param>
    /// <param name="cancellationToken">Ends the work within a fraction of a second; the next call for the same model goes on from there.</param>
    /// <exception cref="ModelFormatException">The model is unusable: a weight is missing, has another shape, or its configuration makes no
    /// sense, or none in the numbers asked for.</exception>
    /// <exception cref="ConversionException">The folder cannot be written, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ConvertedModel GetOrConvert(
        ConversionInput input, ConversionOptions options, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        if (options.MaxPositions < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.MaxPositions, $"{nameof(ConversionOptions.MaxPositions)} must be at least 1");
        }
        var spec = input.Spec with { MaxPositions = Math.Min(input.Spec.MaxPositions, options.MaxPositions ?? int.MaxValue) };
        SpecLimits.Check(spec, (field, wrong) => new ModelFormatException($"the model's {field} {wrong}"));
        var target = ConversionTarget.Of(options, spec);
        var key = ConversionKey.Compute(spec, target, input.SourceFiles, progress, cancellationToken);
        var entry = new CacheEntry(Path.Combine(_directory, key), key, spec, target);
        var model = new ConvertedModel(Path.Combine(entry.Folder, ModelWriter.ModelFile), spec, target.DType, target.KvCacheDType) { TakesAdapters = target.TakesAdapters };

        // A whole entry is never changed, so it can be used without the lock, and from a folder that cannot be written.
        if (!entry.IsWhole(progress, cancellationToken))
        {
            var graph = target.Emit(spec, input.Weights);
            try
            {
                Convert(entry, graph, progress, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new ConversionException(
                    $"cannot keep the converted model in '{_directory}': {exception.Message} "
                        + $"({(graph.WeightsLength >> 20) + 1} MiB are needed; --cache-dir names another folder)",
                    exception);
            }
        }
        return model;
    }

    /// <summary>
    /// (1) take the lock; (2) see whether another process was faster; (3) remove what crashes left, but what this conversion can go on
    /// from; (4) write a folder beside the entry's place; (5) put a damaged entry aside, which its users do not notice; (6) rename.
    /// </summary>
    private void Convert(CacheEntry entry, EmittedGraph graph, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_directory);
        using var held = ConversionLock.Acquire(
            entry.Folder + LockSuffix, () => progress?.Report(new ConversionProgress(ConversionStage.Wait, 0, 0)), cancellationToken);
        if (entry.IsWhole(progress, cancellationToken))
        {
            return;
        }
        var partial = entry.Folder + PartialSuffix;
        RemoveLeftovers(entry.Folder, keepsPartial: HasJournal(partial));
        RemoveAbandoned();
        var isInterrupted = false;
        try
        {
            Directory.CreateDirectory(partial);
            ModelWriter.Write(partial, graph, ChapterLength, progress, cancellationToken);
            ModelWriter.WriteFile(Path.Combine(partial, ConversionManifest.FileName), entry.Describe(partial, cancellationToken).ToJson());
            if (Directory.Exists(entry.Folder))
            {
                Directory.Move(entry.Folder, entry.Folder + DamagedSuffix);
            }
            Directory.Move(partial, entry.Folder);
        }
        catch (OperationCanceledException)
        {
            isInterrupted = true;
            throw;
        }
        finally
        {
            RemoveLeftovers(entry.Folder, keepsPartial: isInterrupted && HasJournal(partial));
        }
    }

    private static bool HasJournal(string partial) => File.Exists(Path.Combine(partial, ConversionJournal.FileName));

    /// <summary>Removes the unfinished work of other conversions whose processes are gone.</summary>
    private void RemoveAbandoned()
    {
        string[] leftovers =
        [
            .. Directory.EnumerateDirectories(_directory, "*" + PartialSuffix),
            .. Directory.EnumerateDirectories(_directory, "*" + DamagedSuffix),
        ];
        foreach (var folder in leftovers.Select(leftover => Path.ChangeExtension(leftover, null)).Distinct())
        {
            using var held = ConversionLock.TryAcquire(folder + LockSuffix);
            if (held is not null)
            {
                RemoveLeftovers(folder, keepsPartial: false);
            }
        }
    }

    /// <summary>
    /// What cannot be removed now (Windows keeps mapped files) must not hide the outcome of the conversion; the next one tries again.
    /// </summary>
    private static void RemoveLeftovers(string folder, bool keepsPartial)
    {
        foreach (var leftover in keepsPartial ? [folder + DamagedSuffix] : (string[])[folder + PartialSuffix, folder + DamagedSuffix])
        {
            try
            {
                if (Directory.Exists(leftover))
                {
                    Directory.Delete(leftover, recursive: true);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
            }
        }
    }
}

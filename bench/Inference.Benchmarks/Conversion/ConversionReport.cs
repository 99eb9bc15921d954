using System.Diagnostics;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Benchmarks.Conversion;

/// <summary>
/// Converts a model into an empty folder, as a first start does, and prints how long that took and how much memory. Once for each
/// process: the peak of its memory is all that the system tells.
/// </summary>
internal static class ConversionReport
{
    private const double MiB = 1 << 20;

    /// <summary>The default model.</summary>
    public static Task PrintAsync(TextWriter output, ModelDType dtype) => PrintAsync(output, dtype, RepositoryFiles.SmolLm2);

    /// <summary>A synthetic model of a billion parameters, made on the spot: some 2 GB, and 4 GB more for its float32.</summary>
    public static async Task PrintSyntheticAsync(TextWriter output, ModelDType dtype)
    {
        var folder = Directory.CreateTempSubdirectory("synthetic");
        try
        {
            SyntheticCheckpoint.Write(folder.FullName);
            await PrintAsync(output, dtype, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task PrintAsync(TextWriter output, ModelDType dtype, string path)
    {
        var folder = Directory.CreateTempSubdirectory("conversion");
        try
        {
            using var model = ModelFolder.Open(path);
            var input = new ConversionInput(model.Spec, model.Weights, model.SourceFiles);
            var start = Stopwatch.GetTimestamp();
            var converted = new ConversionCache(folder.FullName).GetOrConvert(
                input, new ConversionOptions { DType = dtype }, progress: null, CancellationToken.None);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

            using var process = Process.GetCurrentProcess();
            var peak = process.PeakWorkingSet64;
            var read = model.SourceFiles.Sum(file => new FileInfo(file).Length);
            var written = new DirectoryInfo(Path.GetDirectoryName(converted.ModelPath)!).EnumerateFiles().Sum(file => file.Length);
            await output.WriteLineAsync(
                "| to | MiB read | MB/s | seconds | MiB written | peak memory, MiB | over the weights in float32 |\n"
                + "|---|--:|--:|--:|--:|--:|--:|");
            await output.WriteLineAsync(
                $"| {dtype} | {read / MiB:0} | {read / 1e6 / seconds:0} | {seconds:0.0} | {written / MiB:0} "
                + $"| {peak / MiB:0} | {(double)peak / Float32Length(model):0.00} |");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static long Float32Length(ModelFolder model) => sizeof(float) * model.Weights.Names.Sum(
        name => model.Weights.TryGetShape(name, out var shape) ? shape.Aggregate(1L, (product, size) => product * size) : 0);
}

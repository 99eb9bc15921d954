using System.Diagnostics;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Benchmarks.Conversion;

/// <summary>
/// Converts the default model into an empty folder, as a first start does, and prints how long that took and how much memory. Once for
/// each process: the peak of its memory is all that the system tells.
/// </summary>
internal static class ConversionReport
{
    private const double MiB = 1 << 20;

    public static async Task PrintAsync(TextWriter output, ModelDType dtype)
    {
        var folder = Directory.CreateTempSubdirectory("conversion");
        try
        {
            using var model = ModelFolder.Open(RepositoryFiles.SmolLm2);
            var input = new ConversionInput(model.Spec, model.Weights, model.SourceFiles);
            var start = Stopwatch.GetTimestamp();
            var converted = new ConversionCache(folder.FullName).GetOrConvert(
                input, new ConversionOptions { DType = dtype }, progress: null, CancellationToken.None);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

            using var process = Process.GetCurrentProcess();
            var peak = process.PeakWorkingSet64;
            var written = new DirectoryInfo(Path.GetDirectoryName(converted.ModelPath)!).EnumerateFiles().Sum(file => file.Length);
            var float32 = Float32Length(model);
            await output.WriteLineAsync(
                "| to | seconds | MiB written | peak memory, MiB | over the weights in float32 |\n|---|--:|--:|--:|--:|");
            await output.WriteLineAsync(
                $"| {dtype} | {seconds:0.0} | {written / MiB:0} | {peak / MiB:0} | {(double)peak / float32:0.00} |");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static long Float32Length(ModelFolder model) => sizeof(float) * model.Weights.Names.Sum(
        name => model.Weights.TryGetShape(name, out var shape) ? shape.Aggregate(1L, (product, size) => product * size) : 0);
}

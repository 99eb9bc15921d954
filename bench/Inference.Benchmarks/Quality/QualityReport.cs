using Inference.Benchmarks.Steps;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Benchmarks.Quality;

/// <summary>What int8 costs in quality: the default model's perplexity on the golden text, in both precisions, as Markdown.</summary>
internal static class QualityReport
{
    public static async Task PrintAsync(TextWriter output)
    {
        var text = GoldenText.Read();
        await output.WriteLineAsync($"| {text.TokenCount} tokens of the golden text | perplexity | over transformers in float32 |\n|---|--:|--:|");
        await output.WriteLineAsync($"| transformers, float32 | {text.Perplexity:0.0000} | |");
        var float32 = await MeasureAsync(text, ModelDType.Float32, output);
        var int8 = await MeasureAsync(text, ModelDType.Int8, output);
        await output.WriteLineAsync($"\nint8 over float32: {int8 / float32 - 1:+0.00 %;-0.00 %}");
    }

    private static async Task<double> MeasureAsync(GoldenText text, ModelDType dtype, TextWriter output)
    {
        await using var executor = BenchmarkModel.Load(dtype, maxModelLength: 1024, blockCount: 64);
        var perplexity = await text.MeasureAsync(executor, CancellationToken.None);
        await output.WriteLineAsync($"| {dtype} | {perplexity:0.0000} | {perplexity / text.Perplexity - 1:+0.00 %;-0.00 %} |");
        return perplexity;
    }
}

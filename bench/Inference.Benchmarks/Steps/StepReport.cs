using BenchmarkDotNet.Environments;
using Inference.Execution;
using Inference.Models.Conversion;

namespace Inference.Benchmarks.Steps;

/// <summary>
/// Times real steps of the default model, and whole requests through the engine, in float32 and in int8, and prints both as Markdown.
/// </summary>
internal static class StepReport
{
    private const int MaxModelLength = 1024;
    private const int StepWarmUps = 2;
    private const int StepRounds = 11;

    // Nothing to warm up: the steps before were of the same kinds.
    private const int LoadWarmUps = 0;
    private const int LoadRounds = 3;

    private static readonly StepShape[] Shapes =
    [
        StepShape.Decode(1, context: 128), StepShape.Decode(8, context: 128), StepShape.Decode(32, context: 128),
        StepShape.Prompt(128), StepShape.Prompt(512),
    ];

    private static readonly EngineLoad[] Loads =
    [
        new(1, PromptLength: 32, OutputLength: 128), new(32, PromptLength: 32, OutputLength: 128),
        new(1, PromptLength: 256, OutputLength: 32), new(32, PromptLength: 256, OutputLength: 32),
    ];

    public static async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', HostEnvironmentInfo.GetCurrent().ToFormattedString()));
        await using var float32 = await BenchmarkModel.LoadFilledAsync(ModelDType.Float32, MaxModelLength, Shapes);
        await using var int8 = await BenchmarkModel.LoadFilledAsync(ModelDType.Int8, MaxModelLength, Shapes);

        Measurement[] steps = [.. Shapes.SelectMany(shape => new[] { Measure("float32", float32, shape), Measure("int8", int8, shape) })];
        await Measurement.InterleaveAsync(steps, StepWarmUps, StepRounds);
        await PrintAsync(output, "step", steps);

        Measurement[] loads = [.. Loads.SelectMany(load => new[] { Measure("float32", float32, load), Measure("int8", int8, load) })];
        await Measurement.InterleaveAsync(loads, LoadWarmUps, LoadRounds);
        await PrintAsync(output, "requests (tokens are those generated)", loads);
    }

    private static Measurement Measure(string dtype, OnnxModelExecutor executor, StepShape shape)
    {
        var plan = shape.Plan(executor.Limits);
        return new Measurement(
            $"{shape.Name}, {dtype}", shape.TokenCount, () => executor.ExecuteAsync(plan, CancellationToken.None).AsTask());
    }

    private static Measurement Measure(string dtype, OnnxModelExecutor executor, EngineLoad load) =>
        new($"{load.Name}, {dtype}", load.GeneratedTokens, () => load.RunAsync(executor));

    private static async Task PrintAsync(TextWriter output, string what, IEnumerable<Measurement> measurements)
    {
        await output.WriteLineAsync($"\n| {what} | median ms | best ms | tokens/s |\n|---|--:|--:|--:|");
        foreach (var measured in measurements)
        {
            var (median, best) = (measured.MedianMilliseconds, measured.BestMilliseconds);
            await output.WriteLineAsync($"| {measured.Name} | {median:0.0} | {best:0.0} | {measured.TokensPerSecond:0} |");
        }
    }
}

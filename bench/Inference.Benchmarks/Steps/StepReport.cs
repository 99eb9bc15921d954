using BenchmarkDotNet.Environments;

namespace Inference.Benchmarks.Steps;

/// <summary>Times real steps of the default model, and whole requests through the engine, and prints both as Markdown.</summary>
internal static class StepReport
{
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
        await using var executor = BenchmarkModel.Load(maxModelLength: 1024, StepShape.BlockCount);

        foreach (var plan in Shapes.SelectMany(shape => shape.Prefill(executor.Limits)))
            await executor.ExecuteAsync(plan, CancellationToken.None);
        await MeasureAsync(output, "step", StepWarmUps, StepRounds, Shapes.Select(shape =>
        {
            var plan = shape.Plan(executor.Limits);
            return new Measurement(shape.Name, shape.TokenCount, () => executor.ExecuteAsync(plan, CancellationToken.None).AsTask());
        }));

        await MeasureAsync(output, "requests (tokens are those generated)", LoadWarmUps, LoadRounds, Loads.Select(load =>
            new Measurement(load.Name, load.GeneratedTokens, () => load.RunAsync(executor))));
    }

    private static async Task MeasureAsync(TextWriter output, string what, int warmUps, int rounds, IEnumerable<Measurement> measurements)
    {
        Measurement[] all = [.. measurements];
        await Measurement.InterleaveAsync(all, warmUps, rounds);
        await output.WriteLineAsync($"\n| {what} | median ms | best ms | tokens/s |\n|---|--:|--:|--:|");
        foreach (var measured in all)
        {
            await output.WriteLineAsync(
                $"| {measured.Name} | {measured.MedianMilliseconds:0.0} | {measured.BestMilliseconds:0.0} | {measured.TokensPerSecond:0} |");
        }
    }
}

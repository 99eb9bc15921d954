using BenchmarkDotNet.Environments;
using Inference.Benchmarks.Steps;
using Inference.Execution;
using Inference.Models.Conversion;

namespace Inference.Benchmarks.Floor;

/// <summary>Prints what steps in int8 take, and what their products alone take in the same process, as Markdown.</summary>
internal static class FloorReport
{
    private const int MaxModelLength = 4096;
    private const int WarmUps = 1;
    private const int Rounds = 5;

    private static readonly StepShape[] Shapes =
    [
        StepShape.Decode(1, context: 128), StepShape.Decode(8, context: 128), StepShape.Decode(32, context: 128),
        StepShape.Decode(64, context: 128), StepShape.Decode(8, context: MaxModelLength),
        StepShape.Prompt(128), StepShape.Prompt(512), StepShape.Prompt(1024),
    ];

    public static async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', HostEnvironmentInfo.GetCurrent().ToFormattedString()));
        using var floor = new FloorSession(BenchmarkModel.Convert(ModelDType.Int8), Environment.ProcessorCount);
        await using var executor = await BenchmarkModel.LoadFilledAsync(ModelDType.Int8, MaxModelLength, Shapes);

        var measured = Array.ConvertAll(Shapes, shape => (Floor: MeasureFloor(floor, shape), Step: MeasureStep(executor, shape)));
        await Measurement.InterleaveAsync([.. measured.SelectMany(pair => new[] { pair.Floor, pair.Step })], WarmUps, Rounds);

        await output.WriteLineAsync("\n| step | floor ms: median / best | step ms: median / best | ratio: of medians / of bests |\n|---|--:|--:|--:|");
        foreach (var (products, step) in measured)
        {
            var (median, best) = (step.MedianMilliseconds / products.MedianMilliseconds, step.BestMilliseconds / products.BestMilliseconds);
            await output.WriteLineAsync(
                $"| {step.Name} | {Times(products)} | {Times(step)} | {median:0.00} / {best:0.00} |");
        }
    }

    private static string Times(Measurement measured) => $"{measured.MedianMilliseconds:0.0} / {measured.BestMilliseconds:0.0}";

    // Some hundred milliseconds each.
    private static int Repeats(StepShape shape) => Math.Max(2, 40 / (1 + shape.TokenCount / 32));

    private static Measurement MeasureFloor(FloorSession session, StepShape shape)
    {
        var run = session.Prepare(shape.TokenCount, headRows: shape.Sequences);
        return new Measurement(shape.Name, shape.TokenCount, () => Task.Run(run), Repeats(shape));
    }

    private static Measurement MeasureStep(OnnxModelExecutor executor, StepShape shape)
    {
        var plan = shape.Plan(executor.Limits);
        return new Measurement(shape.Name, shape.TokenCount, () => Task.Run(() => executor.ExecuteAsync(plan, CancellationToken.None).AsTask()), Repeats(shape));
    }
}

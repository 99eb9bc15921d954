using BenchmarkDotNet.Environments;
using Inference.Benchmarks.Steps;
using Inference.Models.Conversion;
using Inference.Simulation.Costs;

namespace Inference.Benchmarks.Cost;

/// <summary>
/// Times steps of the default model over the whole range of what serving does, and prints them as the simulation's <c>fit</c> reads them. Each is
/// the least disturbed of its rounds.
/// </summary>
internal static class CostReport
{
    private const int MaxModelLength = 4096;
    private const int WarmUps = 1;
    private const int Rounds = 7;

    private static readonly StepShape[] Shapes =
    [
        .. from context in new[] { 32, 512, 2048 }
           from batch in new[] { 1, 4, 16, 32, 64, 128, 256 }
           where batch * context <= 65_536
           select StepShape.Decode(batch, context),
        .. from past in new[] { 0, 1024, 3072 }
           from count in new[] { 16, 64, 128, 256, 512 }
           select new StepShape($"chunk of {count} after {past}", Sequences: 1, past, count),
    ];

    /// <summary>All blocks that the shapes use, written once.</summary>
    private static readonly StepShape Everything = new("everything", Sequences: 256, Past: 255, Count: 1);

    public static async Task PrintAsync(TextWriter output)
    {
        await using var executor = await BenchmarkModel.LoadFilledAsync(ModelDType.Int8, MaxModelLength, [Everything]);
        var measurements = new List<Measurement>();
        var features = new List<StepFeatures>();
        foreach (var shape in Shapes)
        {
            var plan = shape.Plan(executor.Limits);
            features.Add(StepFeatures.Of(plan));
            measurements.Add(new Measurement(
                shape.Name, shape.TokenCount, () => executor.ExecuteAsync(plan, CancellationToken.None).AsTask()));
        }

        await Measurement.InterleaveAsync(measurements, WarmUps, Rounds);
        foreach (var line in HostEnvironmentInfo.GetCurrent().ToFormattedString())
            await output.WriteLineAsync($"# {line}");
        await output.WriteLineAsync(StepMeasurement.Header);
        foreach (var (measured, feature) in measurements.Zip(features))
            await output.WriteLineAsync(new StepMeasurement(feature, measured.BestMilliseconds).ToString());
    }
}

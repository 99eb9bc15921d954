using Inference.Simulation.Costs;
using Inference.Testing;

namespace Inference.Simulation.Tests.Costs;

public sealed class CostFitTests
{
    private static readonly StepFeatures[] Steps =
    [
        new(1, 1, 128, 129), new(8, 8, 1024, 1032), new(32, 32, 4096, 4128), new(64, 64, 64, 128), new(8, 8, 32_768, 32_776),
        new(128, 1, 0, 8256), new(512, 1, 0, 131_328), new(256, 0, 2048, 557_184), new(1024, 1, 0, 524_800),
    ];

    [Theory]
    [InlineData(5500, 450, 110, 1.25, 0.25)]
    [InlineData(5500, 450, 0, 0, 0.25)]
    public void Fit_StepsOfAModel_GivesTheModel(double step, double token, double row, double context, double pair)
    {
        var model = new CostModel("known", step, token, row, context, pair);

        var fitted = CostFit.Fit([.. Steps.Select(features => new StepMeasurement(features, model.Of(features).TotalMilliseconds))], "fitted");

        Assert.Equal("fitted", fitted.Source);
        Assert.Equal(step, fitted.PerStep, step * 1e-3);
        Assert.Equal(token, fitted.PerToken, token * 1e-3);
        Assert.Equal(row, fitted.PerRow, 0.5);
        Assert.Equal(context, fitted.PerContextToken, 1e-2);
        Assert.Equal(pair, fitted.PerPair, 1e-3);
    }

    [Fact]
    public void Fit_StepsThatGetCheaper_HasNoNegativeCoefficient()
    {
        var fitted = CostFit.Fit([.. Steps.Select((features, index) => new StepMeasurement(features, 100 - index))], "falling");

        Assert.True(fitted is { PerStep: >= 0, PerToken: >= 0, PerRow: >= 0, PerContextToken: >= 0, PerPair: >= 0 }, fitted.ToString());
    }

    /// <summary>The committed model is the fit of the committed measurements, and tells each of them to within a third.</summary>
    [Fact]
    public void Fit_DefaultMeasurements_IsTheDefaultModel()
    {
        using var file = File.OpenText(Path.Combine(RepositoryFiles.Root, "bench", "Inference.Simulation", "default.csv"));
        var measured = StepMeasurement.Read(file);

        Assert.Equal(CostModel.Default, CostFit.Fit(measured, CostModel.Default.Source));
        Assert.All(measured, step => Assert.InRange(CostModel.Default.Of(step.Features).TotalMilliseconds / step.Milliseconds, 0.75, 1.33));
    }

    [Fact]
    public void Fit_TooFewSteps_IsRefused() =>
        Assert.Throws<ArgumentException>(() => CostFit.Fit([new StepMeasurement(Steps[0], 1)], "one"));
}

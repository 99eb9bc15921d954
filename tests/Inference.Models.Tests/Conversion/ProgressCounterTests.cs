using Inference.Models.Conversion;

namespace Inference.Models.Tests.Conversion;

public sealed class ProgressCounterTests
{
    [Fact]
    public void Add_ManySmallSteps_ReportsAboutAHundredTimesInOrder()
    {
        var reports = new RecordingProgress();
        var counter = new ProgressCounter(ConversionStage.Convert, 100_000, reports);

        Parallel.For(0, 100_000, _ => counter.Add(1));

        Assert.InRange(reports.All.Count, 100, 101);
        Assert.Equal(reports.All.OrderBy(report => report.Done), reports.All);
        Assert.Equal(new ConversionProgress(ConversionStage.Convert, 100_000, 100_000), reports.All[^1]);
    }

    [Fact]
    public void Add_NothingToDo_DividesByNoZero()
    {
        var reports = new RecordingProgress();

        new ProgressCounter(ConversionStage.Convert, 0, reports).Add(0);

        Assert.Equal([new ConversionProgress(ConversionStage.Convert, 0, 0)], reports.All);
    }
}

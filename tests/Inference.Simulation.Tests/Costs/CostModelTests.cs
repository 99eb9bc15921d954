using Inference.Engine.Execution;
using Inference.Simulation.Costs;

namespace Inference.Simulation.Tests.Costs;

public sealed class CostModelTests
{
    [Fact]
    public void Of_Step_IsTheSum()
    {
        var model = new CostModel("known", PerStep: 1000, PerToken: 100, PerRow: 10, PerContextToken: 1, PerPair: 0.5);

        Assert.Equal(1000 + 300 + 20 + 7 + 4, model.Of(new StepFeatures(3, 2, 7, 8)).TotalMicroseconds);
    }

    [Fact]
    public void Features_DecodeAndChunk_AreCounted()
    {
        var plan = new StepPlan
        {
            StepIndex = 0,
            TokenIds = new int[5],
            Sequences = new SequenceStep[] { new(1, 1, 0, 10, 1, 0, default), new(2, 4, 1, 100, 0, 1, default) },
            LogitsRows = 1,
        };

        // The decode meets 11 keys; the chunk's tokens meet 101, 102, 103 and 104, of which the halves are rounded down.
        Assert.Equal(new StepFeatures(5, 1, 110, 11 + 4 * 102), StepFeatures.Of(plan));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, CostModel.Default.ToString());

        Assert.Equal(CostModel.Default, CostModel.Read(path));
        Assert.True(CostModel.Default.PerToken > 0);
        File.Delete(path);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("what?")]
    [InlineData("""{"source": "x", "per_step": -1, "per_token": 1, "per_row": 1, "per_context_token": 1, "per_pair": 1}""")]
    public void Read_NoCostModel_NamesTheFile(string text)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, text);

        Assert.Contains(path, Assert.Throws<FormatException>(() => CostModel.Read(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void Measurements_Lines_AreReadAsWritten()
    {
        var measured = new StepMeasurement(new StepFeatures(8, 8, 1024, 1032), 9.875);

        Assert.Equal([measured], StepMeasurement.Read(new StringReader($"# a machine\n{StepMeasurement.Header}\n{measured}\n")));
    }

    [Theory]
    [InlineData("1,1,1,1")]
    [InlineData("1,1,1,1,0")]
    [InlineData("1,1,-1,1,5")]
    [InlineData("1,1,1,1,NaN")]
    public void Measurements_WrongLine_IsNamed(string line) => Assert.StartsWith(
        "Line 2 ", Assert.Throws<FormatException>(() => StepMeasurement.Read(new StringReader($"# first\n{line}"))).Message, StringComparison.Ordinal);
}

using Inference.Engine.Scheduling;
using Inference.Simulation.Commands;
using Inference.Simulation.Costs;
using Inference.Simulation.Replicas;

namespace Inference.Simulation.Tests.Commands;

public sealed class LatencyCommandTests
{
    /// <summary>A token takes 1 ms, so a full step takes as many as its budget.</summary>
    private static readonly FleetOptions Fleet = new() { Cost = CostModel.Free with { PerToken = 1000 } };

    [Theory]
    [InlineData(32, 32)]
    [InlineData(256, 256)]
    public void Simulate_Chunked_NoGapIsLongerThanAStepOfTheBudget(int budget, int milliseconds)
    {
        var result = LatencyCommand.Simulate(Fleet, running: 16, prompt: 2048, budget, PrefillMode.Chunked);

        Assert.Equal(milliseconds / 1000.0, result.InterToken.Maximum, 9);
        Assert.Equal(17, result.Completed);
    }

    [Fact]
    public void Simulate_Exclusive_TheGapIsTheWholePrompt()
    {
        var result = LatencyCommand.Simulate(Fleet, running: 16, prompt: 2048, budget: 512, PrefillMode.Exclusive);

        Assert.Equal(2.048 + .016, result.InterToken.Maximum, 9);
    }
}

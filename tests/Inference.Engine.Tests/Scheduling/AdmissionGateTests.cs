using Inference.Engine.Scheduling;

namespace Inference.Engine.Tests.Scheduling;

public sealed class AdmissionGateTests
{
    [Fact]
    public void TryEnter_Full_IsRefusedUntilSomeoneLeaves()
    {
        var gate = new AdmissionGate(2);

        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.True(gate.TryEnter());
        Assert.Equal(2, gate.Count);
    }

    [Fact]
    public void Close_WithSomeInside_StillCountsThem()
    {
        var gate = new AdmissionGate(2);
        gate.TryEnter();

        gate.Close();
        gate.Close();

        Assert.True(gate.IsClosed);
        Assert.False(gate.TryEnter());
        Assert.Equal(1, gate.Count);
        gate.Leave();
        Assert.Equal(0, gate.Count);
        Assert.True(gate.IsClosed);
    }

    [Fact]
    public void TryEnter_FromManyThreads_LetsExactlyTheCapacityIn()
    {
        var gate = new AdmissionGate(1000);
        var entered = 0;

        Parallel.For(0, 5000, _ =>
        {
            if (gate.TryEnter())
                Interlocked.Increment(ref entered);
        });

        Assert.Equal((1000, 1000), (entered, gate.Count));
    }
}

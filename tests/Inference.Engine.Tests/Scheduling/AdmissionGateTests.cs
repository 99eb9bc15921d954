using Inference.Engine.Scheduling;

namespace Inference.Engine.Tests.Scheduling;

public sealed class AdmissionGateTests
{
    [Fact]
    public void TryEnter_Full_IsRefusedUntilSomeoneLeaves()
    {
        var gate = new AdmissionGate(2);

        Assert.True(gate.TryEnter(1));
        Assert.True(gate.TryEnter(1));
        Assert.False(gate.TryEnter(1));
        gate.Leave(1);
        Assert.True(gate.TryEnter(1));
        Assert.Equal(2, gate.Count);
    }

    [Fact]
    public void TryEnter_SeveralTogether_AllOrNone()
    {
        var gate = new AdmissionGate(4);

        Assert.True(gate.TryEnter(9, requests: 3));
        Assert.False(gate.TryEnter(2, requests: 2));
        Assert.Equal((3, 9), (gate.Count, gate.TokenCount));
        gate.Leave(9, requests: 3);
        Assert.False(gate.TryEnter(5, requests: 5));
        Assert.True(gate.TryEnter(4, requests: 4));
        Assert.Equal((4, 4), (gate.Count, gate.TokenCount));
    }

    [Fact]
    public void Close_WithSomeInside_StillCountsThem()
    {
        var gate = new AdmissionGate(2);
        gate.TryEnter(1);

        gate.Close();
        gate.Close();

        Assert.True(gate.IsClosed);
        Assert.False(gate.TryEnter(1));
        Assert.Equal(1, gate.Count);
        gate.Leave(1);
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
            if (gate.TryEnter(1))
                Interlocked.Increment(ref entered);
        });

        Assert.Equal((1000, 1000), (entered, gate.Count));
    }

    [Fact]
    public void TryEnter_MoreTokensThanAllowed_OnlyWhoIsAloneMay()
    {
        var gate = new AdmissionGate(capacity: 10, tokenCapacity: 100);

        Assert.True(gate.TryEnter(500));
        Assert.False(gate.TryEnter(1));
        gate.Leave(500);
        Assert.True(gate.TryEnter(60));
        Assert.False(gate.TryEnter(41));
        Assert.True(gate.TryEnter(40));
        Assert.Equal((2, 100), (gate.Count, gate.TokenCount));
        gate.Close();
        Assert.Equal((2, 100), (gate.Count, gate.TokenCount));
        gate.Leave(60);
        gate.Leave(40);
        Assert.Equal((0, 0), (gate.Count, gate.TokenCount));
        Assert.True(gate.IsClosed);
    }

    [Fact]
    public void TryEnter_NoLimits_TokensNeverCountAsRequests()
    {
        var gate = new AdmissionGate(int.MaxValue);
        var entered = 0;
        while (entered < 1000 && gate.TryEnter(int.MaxValue))
            entered++;

        Assert.Equal(entered, gate.Count);
        Assert.InRange(entered, 200, 300);
    }
}

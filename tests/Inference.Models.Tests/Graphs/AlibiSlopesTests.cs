using Inference.Models.Graphs;

namespace Inference.Models.Tests.Graphs;

public sealed class AlibiSlopesTests
{
    [Fact]
    public void Write_PowerOfTwo_IsOneGeometricSequence() =>
        Assert.Equal([0.25f, 0.0625f, 0.015625f, 0.00390625f], Slopes(new AlibiSpec { MaxBias = 8 }, 4));

    [Fact]
    public void Write_OtherNumberOfHeads_GoesOnWithEveryOtherSlopeOfTwiceAsMany() =>
        Assert.Equal([0.25f, 0.0625f, 0.015625f, 0.00390625f, 0.5f, 0.125f], Slopes(new AlibiSpec { MaxBias = 8 }, 6));

    [Fact]
    public void Write_OtherExponentAndMultiplier_AreHeeded() =>
        Assert.Equal([0.125f, 0.03125f], Slopes(new AlibiSpec { MaxBias = 4, Multiplier = 0.5f }, 2));

    private static float[] Slopes(AlibiSpec spec, int heads) => TensorBytes.Read(new AlibiSlopes(spec, heads), 0, 1);
}

using Inference.Models.Graphs;

namespace Inference.Models.Tests.Graphs;

public sealed class RotaryTableTests
{
    private static readonly AttentionSpec Attention = TinyModel.Spec.Attention with { HeadSize = 8, Rotary = new RotarySpec { Theta = 10000 } };

    [Fact]
    public void Write_FarPosition_IsExactToAFloat()
    {
        // 99999 * 10000^(-2/8) = 9999.9 for column 1; cosine and sine of it from an independent calculation in 50 digits.
        var cosines = TensorBytes.Read(RotaryTable.Cosines(100_000, Attention), 99_999, 1);
        var sines = TensorBytes.Read(RotaryTable.Sines(100_000, Attention), 99_999, 1);

        Assert.Equal(-0.977909086029f, cosines[1]);
        Assert.Equal(-0.209030666321f, sines[1]);
    }

    [Fact]
    public void Write_FirstPosition_TurnsNothing()
    {
        Assert.Equal([1, 1, 1, 1], TensorBytes.Read(RotaryTable.Cosines(4, Attention), 0, 1));
        Assert.Equal([0, 0, 0, 0], TensorBytes.Read(RotaryTable.Sines(4, Attention), 0, 1));
    }

    [Fact]
    public void Write_RowsInPieces_EqualsTheWhole()
    {
        var table = RotaryTable.Sines(7, Attention);

        Assert.Equal([7, 4], table.Shape);
        Assert.Equal(TensorBytes.ReadAll(table), (float[])[.. TensorBytes.Read(table, 0, 3), .. TensorBytes.Read(table, 3, 4)]);
    }
}

namespace Inference.Models.Rotation;

/// <summary>
/// The sizes of the Hadamard blocks by which a decoder is rotated. Rotations are block-diagonal: widths that are no power of two have none
/// of their own size, and a block of some hundred elements evens out outliers as well as a larger one.
/// </summary>
/// <param name="Residual">Along the residual stream; divides the hidden size.</param>
/// <param name="Head">Along each head of the values; divides the head size.</param>
/// <param name="Mlp">Along the input of the down projection; divides the intermediate size. 1, for none, where the operators that rotate
/// when the graph runs, which work on whole vectors, could not.</param>
internal readonly record struct RotationBlocks(int Residual, int Head, int Mlp)
{
    private const int LargestBlock = 512;

    /// <summary>Elements of the operators' vectors.</summary>
    private const int VectorLength = 16;

    /// <summary>The largest blocks that fit.</summary>
    public static RotationBlocks Of(DecoderSpec spec)
    {
        var mlp = Math.Min(LargestDivisor(spec.Mlp.IntermediateSize), LargestBlock);
        return new RotationBlocks(
            Math.Min(LargestDivisor(spec.HiddenSize), LargestBlock),
            LargestDivisor(spec.Attention.HeadSize),
            mlp < VectorLength ? 1 : mlp);
    }

    /// <summary>The lowest bit of a number is the largest power of two that divides it.</summary>
    private static int LargestDivisor(int width) => width & -width;
}

namespace Inference.Models.Rotation;

/// <summary>
/// The sizes of the Hadamard blocks by which a decoder is rotated. Rotations are block-diagonal: widths that are no power of two have none
/// of their own size, and a block of some hundred elements evens out outliers as well as a larger one.
/// </summary>
/// <param name="Residual">Along the residual stream; divides the hidden size.</param>
/// <param name="Head">Along each head of the values: the head size, which must be a power of two.</param>
/// <param name="Mlp">Along the input of the down projection; divides the intermediate size.</param>
internal readonly record struct RotationBlocks(int Residual, int Head, int Mlp)
{
    private const int LargestBlock = 512;

    /// <summary>The largest blocks that fit.</summary>
    public static RotationBlocks Of(DecoderSpec spec) =>
        new(LargestDivisor(spec.HiddenSize), spec.Attention.HeadSize, LargestDivisor(spec.Mlp.IntermediateSize));

    /// <summary>The lowest bit of a number is the largest power of two that divides it.</summary>
    private static int LargestDivisor(int width) => Math.Min(width & -width, LargestBlock);
}

namespace Inference.Models.Quantization;

/// <summary>
/// What the K types (ggml, "k-quants") have in common: blocks of 256 whose parts have scales of 4 to 8 bits of their own.
/// </summary>
internal static class SuperBlocks
{
    /// <summary>Elements in a block.</summary>
    public const int Size = 256;

    /// <summary>Bytes of the eight pairs that <see cref="ScaleAndMinimum"/> reads.</summary>
    public const int PairBytes = 12;

    /// <summary>
    /// Part j's scale and minimum, of six bits each: the low bits of bytes j and j + 4 for the first four parts; for the others the halves
    /// of byte j + 4, with the top bits of bytes j - 4 and j above them.
    /// </summary>
    public static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> pairs, int j) => j < 4
        ? (pairs[j] & 63, pairs[j + 4] & 63)
        : ((pairs[j + 4] & 15) | (pairs[j - 4] >> 6 << 4), (pairs[j + 4] >> 4) | (pairs[j] >> 6 << 4));
}

namespace Inference.Models.Packed;

/// <summary>
/// A packed matrix in memory, which gives rows of the matrix that is meant, [outputs, inputs], in float32: (q - zero) * scale, where q
/// and zero are whole numbers of up to 8 bits, so that only the scale's own rounding is in it.
/// </summary>
/// <param name="packing">How it is packed.</param>
/// <param name="inputs">Columns.</param>
/// <param name="outputs">Rows.</param>
internal sealed class UnpackedRows(PackingSpec packing, int inputs, int outputs)
{
    /// <summary>Of 8 neighbouring outputs, the one that each nibble of an AWQ word belongs to, the lowest first.</summary>
    private static ReadOnlySpan<byte> AwqOrder => [0, 2, 4, 6, 1, 3, 5, 7];

    private readonly int _mask = (1 << packing.Bits) - 1;

    /// <summary>GPTQ: [inputs / weights in a word, outputs]; AWQ: [inputs, outputs / weights in a word].</summary>
    public required int[] Words { get; init; }

    /// <summary>[groups, outputs / weights in a word].</summary>
    public required int[] Zeros { get; init; }

    /// <summary>[groups, outputs].</summary>
    public required float[] Scales { get; init; }

    /// <summary>The group of each input.</summary>
    public required int[] Groups { get; init; }

    /// <summary>Fills whole rows.</summary>
    /// <param name="firstRow">The first.</param>
    /// <param name="destination">[rows, inputs].</param>
    public void Read(int firstRow, Span<float> destination)
    {
        var rows = destination.Length / inputs;
        for (var row = 0; row < rows; row++)
        {
            ReadRow(firstRow + row, destination.Slice(row * inputs, inputs));
        }
    }

    private void ReadRow(int output, Span<float> row)
    {
        var place = output % packing.PerWord;
        var shift = (packing.Method == PackingMethod.Awq ? AwqOrder.IndexOf((byte)place) : place) * packing.Bits;
        var wordColumn = output / packing.PerWord;
        var wordColumns = outputs / packing.PerWord;
        var (group, zero, scale) = (-1, 0, 0f);
        for (var input = 0; input < row.Length; input++)
        {
            if (Groups[input] != group)
            {
                group = Groups[input];
                scale = Scales[((long)group * outputs) + output];
                zero = ((Zeros[((long)group * wordColumns) + wordColumn] >>> shift) + packing.ZeroPointOffset) & _mask;
            }

            var quantized = packing.Method == PackingMethod.Awq
                ? Words[((long)input * wordColumns) + wordColumn] >>> shift
                : Words[((long)(input / packing.PerWord) * outputs) + output] >>> (input % packing.PerWord * packing.Bits);
            row[input] = ((quantized & _mask) - zero) * scale;
        }
    }
}

namespace Inference.Models.Quantization;

/// <summary>
/// How a row of numbers is stored: in blocks of a fixed number of elements and bytes. One subclass per encoding; <see
/// cref="GgmlTypes"/> and the safetensors reader list them.
/// </summary>
internal abstract class TensorEncoding(string name, int elementsPerBlock, int bytesPerBlock)
{
    /// <summary>As messages call it, for example <c>Q4_1</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Elements in a block; a row is a whole number of blocks.</summary>
    public int ElementsPerBlock { get; } = elementsPerBlock;

    /// <summary>Bytes in a block.</summary>
    public int BytesPerBlock { get; } = bytesPerBlock;

    /// <summary>Bytes that <paramref name="elements"/> take; they must be a whole number of blocks.</summary>
    /// <exception cref="OverflowException">More than fit in 64 bits.</exception>
    public long ByteCount(long elements) => checked(elements / ElementsPerBlock * BytesPerBlock);

    /// <summary>Dequantises whole blocks to float32, exactly as the format defines it in float32 arithmetic.</summary>
    /// <param name="blocks">A whole number of blocks.</param>
    /// <param name="destination">As many elements as the blocks hold.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        var (blockCount, rest) = Math.DivRem(blocks.Length, BytesPerBlock);
        if (rest != 0 || destination.Length != (long)blockCount * ElementsPerBlock)
        {
            throw new ArgumentException($"{blocks.Length} bytes of {Name} do not make {destination.Length} elements.", nameof(destination));
        }

        DequantizeBlocks(blocks, destination);
    }

    /// <summary><see cref="Dequantize"/> after its checks.</summary>
    protected abstract void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination);
}

using System.Buffers;
using System.Collections.Immutable;
using Inference.Models.Quantization;

namespace Inference.Models.Checkpoints;

/// <summary>A tensor whose place in a file has been checked: its bytes lie inside the file and its rows are whole blocks.</summary>
/// <param name="Name">As in the file.</param>
/// <param name="Shape">Row-major: the last dimension is contiguous.</param>
/// <param name="Encoding">How a row is stored.</param>
/// <param name="File">Where.</param>
/// <param name="Offset">Of the first byte in the file.</param>
internal sealed record StoredTensor(string Name, ImmutableArray<long> Shape, TensorEncoding Encoding, CheckpointFile File, long Offset)
{
    /// <summary>Bytes read at once: enough to hide the call, few enough to stay in a core's cache.</summary>
    private const int ChunkBytes = 256 * 1024;

    /// <summary>Elements in a row: the last dimension, or 1 for a scalar.</summary>
    public long Columns => Shape.IsEmpty ? 1 : Shape[^1];

    /// <summary>The product of all dimensions but the last.</summary>
    public long Rows => TensorShape.ElementCount(Shape) / Columns;

    /// <summary>Bytes in a row.</summary>
    public long RowBytes => Encoding.ByteCount(Columns);

    /// <summary>Bytes in all.</summary>
    public long ByteCount => RowBytes * Rows;

    /// <summary>Dequantises rows; safe for concurrent callers.</summary>
    /// <param name="firstRow">The first row to read.</param>
    /// <param name="destination">A whole number of rows.</param>
    /// <exception cref="ArgumentException">Not a whole number of rows, or rows that the tensor does not have.</exception>
    public void ReadRows(long firstRow, Span<float> destination)
    {
        CheckRows(firstRow, destination.Length);
        var offset = Offset + (firstRow * RowBytes);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, Math.Max(1, Encoding.ByteCount(destination.Length))));
        try
        {
            var elementsPerChunk = buffer.Length / Encoding.BytesPerBlock * Encoding.ElementsPerBlock;
            while (!destination.IsEmpty)
            {
                var piece = destination[..Math.Min(elementsPerChunk, destination.Length)];
                var bytes = buffer.AsSpan(0, (int)Encoding.ByteCount(piece.Length));
                File.Read(offset, bytes);
                Encoding.Dequantize(bytes, piece);
                destination = destination[piece.Length..];
                offset += bytes.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Checks that <paramref name="elements"/> from <paramref name="firstRow"/> on are whole rows of this tensor.</summary>
    public void CheckRows(long firstRow, int elements)
    {
        if (elements % Columns != 0)
        {
            throw new ArgumentException($"{elements} elements are not whole rows of '{Name}', which have {Columns}.", nameof(elements));
        }

        if (firstRow < 0 || firstRow > Rows - (elements / Columns))
        {
            throw new ArgumentOutOfRangeException(nameof(firstRow), firstRow, $"'{Name}' has {Rows} rows.");
        }
    }
}

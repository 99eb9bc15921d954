using System.Collections.Immutable;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// The content of a constant, produced a few rows at a time when it is written, so that a model is never held in memory. Rows may be asked
/// for in any order and from several threads at once.
/// </summary>
internal abstract class TensorData
{
    /// <exception cref="ModelFormatException">A row is longer than an array may be.</exception>
    protected TensorData(TensorProto.Types.DataType elementType, ImmutableArray<long> shape, long rowCount, long rowLength)
    {
        ElementType = elementType;
        Shape = shape;
        RowCount = rowCount;
        RowLength = rowLength <= Array.MaxLength
            ? (int)rowLength
            : throw new ModelFormatException(
                $"a tensor of shape [{string.Join(", ", shape)}] has rows of {rowLength} bytes, more than can be read at once");
    }

    public TensorProto.Types.DataType ElementType { get; }

    public ImmutableArray<long> Shape { get; }

    public long RowCount { get; }

    /// <summary>Bytes of a row.</summary>
    public int RowLength { get; }

    /// <summary>Bytes of all rows.</summary>
    public long Length => checked(RowCount * RowLength);

    /// <summary>Fills a whole number of rows, little-endian as ONNX has it.</summary>
    /// <param name="firstRow">The first row to write.</param>
    /// <param name="destination">As long as the rows.</param>
    /// <param name="cancellationToken">Heeded where more than the rows asked for has to be computed.</param>
    /// <exception cref="ModelFormatException">The weights cannot be read or used.</exception>
    public abstract void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken);
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// One matrix [sum of rows, columns] of float32 made of several weights, one above the other: projections of one input become one.
/// </summary>
internal sealed class StackedMatrices : TensorData
{
    private readonly WeightSource _weights;
    private readonly ImmutableArray<WeightPart> _parts;

    public StackedMatrices(WeightSource weights, ImmutableArray<WeightPart> parts, long columns)
        : this(weights, parts, rows: parts.Sum(part => part.Size), columns)
    {
    }

    private StackedMatrices(WeightSource weights, ImmutableArray<WeightPart> parts, long rows, long columns)
        : base(TensorProto.Types.DataType.Float, [rows, columns], rows, checked(columns * sizeof(float)))
    {
        _weights = weights;
        _parts = parts;
    }

    public override void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken)
    {
        foreach (var part in _parts)
        {
            if (firstRow < part.Size && !destination.IsEmpty)
            {
                var length = (int)Math.Min(destination.Length, (part.Size - firstRow) * RowLength);
                _weights.ReadRows(part.Name, firstRow, MemoryMarshal.Cast<byte, float>(destination[..length]));
                destination = destination[length..];
                firstRow += length / RowLength;
            }
            firstRow -= part.Size;
        }
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Inference.Models.Rotation;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs.Int8;

/// <summary>
/// Rotated weights in 8 bits, one above the other, with a scale per output, as two constants. It is quantised when the first row of either
/// is asked for, by all threads that ask meanwhile, and released when every row of both has been handed out once.
/// </summary>
internal sealed class QuantizedMatrix
{
    private readonly RotatedWeights _weights;
    private readonly ImmutableArray<WeightPart> _parts;
    private readonly int _inputs;
    private readonly bool _transpose;
    private readonly Lock _lock = new();
    private QuantizedContent? _content;
    private long _unread;

    /// <param name="weights">Where the weights are read from.</param>
    /// <param name="parts">The weights [part.Size, inputs], in the order of their outputs.</param>
    /// <param name="inputs">Columns of every part.</param>
    /// <param name="transpose">Whether the matrix is stored [inputs, outputs], as a product wants it, or [outputs, inputs].</param>
    public QuantizedMatrix(RotatedWeights weights, ImmutableArray<WeightPart> parts, int inputs, bool transpose)
    {
        _weights = weights;
        _parts = parts;
        _inputs = inputs;
        _transpose = transpose;
        var outputs = parts.Sum(part => part.Size);
        Values = new ValueTensor(this, transpose ? [inputs, outputs] : [outputs, inputs]);
        Scales = new ScaleTensor(this, outputs);
        _unread = checked(Values.Length + Scales.Length);
    }

    /// <summary>INT8 [inputs, outputs] or [outputs, inputs].</summary>
    public TensorData Values { get; }

    /// <summary>FLOAT [outputs].</summary>
    public TensorData Scales { get; }

    private QuantizedContent Read(CancellationToken cancellationToken)
    {
        QuantizedContent content;
        lock (_lock)
        {
            content = _content ??= new QuantizedContent(_weights, _parts, _inputs, _transpose);
        }

        content.Complete(cancellationToken);
        return content;
    }

    private void Release(int bytes)
    {
        lock (_lock)
        {
            _unread -= bytes;
            if (_unread == 0)
            {
                _content = null;
                _unread = Values.Length + Scales.Length;
            }
        }
    }

    private sealed class ValueTensor(QuantizedMatrix matrix, ImmutableArray<long> shape)
        : TensorData(DataType.Int8, shape, rowCount: shape[0], rowLength: shape[1])
    {
        public override void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken)
        {
            var rows = matrix.Read(cancellationToken).Rows;
            for (var i = 0; i < destination.Length / RowLength; i++)
            {
                MemoryMarshal.AsBytes<sbyte>(rows[firstRow + i]).CopyTo(destination[(i * RowLength)..]);
            }

            matrix.Release(destination.Length);
        }
    }

    private sealed class ScaleTensor(QuantizedMatrix matrix, long outputs)
        : TensorData(DataType.Float, [outputs], rowCount: 1, rowLength: outputs * sizeof(float))
    {
        public override void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken)
        {
            MemoryMarshal.AsBytes<float>(matrix.Read(cancellationToken).Scales).CopyTo(destination);
            matrix.Release(destination.Length);
        }
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// One vector of float32 made of several weights, end to end: the biases that go with <see cref="StackedMatrices"/>. It is a single row.
/// </summary>
internal sealed class JoinedVectors : TensorData
{
    private readonly WeightSource _weights;
    private readonly ImmutableArray<WeightPart> _parts;

    public JoinedVectors(WeightSource weights, ImmutableArray<WeightPart> parts)
        : base(TensorProto.Types.DataType.Float, [parts.Sum(part => part.Size)], 1, checked(parts.Sum(part => part.Size) * sizeof(float)))
    {
        _weights = weights;
        _parts = parts;
    }

    public override void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken)
    {
        var floats = MemoryMarshal.Cast<byte, float>(destination);
        foreach (var part in _parts)
        {
            _weights.ReadRows(part.Name, 0, floats[..(int)part.Size]);
            floats = floats[(int)part.Size..];
        }
    }
}

using System.Runtime.InteropServices;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>The slopes of linear biases, float32 [heads] in a single row; see <see cref="AlibiSpec"/>.</summary>
internal sealed class AlibiSlopes(AlibiSpec spec, int heads)
    : TensorData(TensorProto.Types.DataType.Float, [heads], rowCount: 1, heads * sizeof(float))
{
    /// <summary>The slope of one head.</summary>
    public double this[int head]
    {
        get
        {
            // The largest power of two that is no more than the heads has its own slopes; the rest takes every other one of the next.
            var power = 1 << int.Log2(heads);
            var exponent = head < power ? (head + 1.0) / power : ((2 * (head - power)) + 1.0) / (2 * power);
            return Math.Pow(2, -spec.MaxBias * exponent) * spec.Multiplier;
        }
    }

    public override void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken)
    {
        var floats = MemoryMarshal.Cast<byte, float>(destination);
        for (var head = 0; head < floats.Length; head++)
        {
            floats[head] = (float)this[head];
        }
    }
}

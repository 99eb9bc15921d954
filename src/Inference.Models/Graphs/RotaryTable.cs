using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// The cosines or sines of rotary positions (RoFormer, section 3.2.2), float32 [positions, head size / 2]: row p, column i is that of p *
/// theta^(-2i / head size). Computed in double, since a float32 angle is off by 5e-4 at position 8192 already.
/// </summary>
internal sealed class RotaryTable : TensorData
{
    private readonly double[] _frequencies;
    private readonly Func<double, double> _function;

    private RotaryTable(int positions, AttentionSpec attention, Func<double, double> function)
        : base(TensorProto.Types.DataType.Float, [positions, attention.HeadSize / 2], positions, attention.HeadSize / 2 * sizeof(float))
    {
        var (theta, headSize) = (attention.RotaryTheta, attention.HeadSize);
        _frequencies = [.. Enumerable.Range(0, headSize / 2).Select(i => Math.Pow(theta, -2.0 * i / headSize))];
        _function = function;
    }

    /// <summary>Adds both tables to a graph and gives their names, cosines first.</summary>
    public static ImmutableArray<string> Emit(GraphBuilder graph, DecoderSpec spec) =>
    [
        graph.Initializer("cos_cache", Cosines(spec.MaxPositions, spec.Attention)),
        graph.Initializer("sin_cache", Sines(spec.MaxPositions, spec.Attention)),
    ];

    public static RotaryTable Cosines(int positions, AttentionSpec attention) => new(positions, attention, Math.Cos);

    public static RotaryTable Sines(int positions, AttentionSpec attention) => new(positions, attention, Math.Sin);

    public override void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken)
    {
        var floats = MemoryMarshal.Cast<byte, float>(destination);
        for (var i = 0; i < floats.Length; i++)
        {
            var (row, column) = Math.DivRem(i, _frequencies.Length);
            floats[i] = (float)_function((firstRow + row) * _frequencies[column]);
        }
    }
}

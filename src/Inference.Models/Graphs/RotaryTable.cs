using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// The cosines or sines of rotary positions, float32 [positions, head size / 2]: row p, column i is that of p times the frequency of pair
/// i, see <see cref="RotarySpec"/>; pairs that do not turn have the frequency 0. Computed in double, since a float32 angle is off by 5e-4
/// at position 8192 already.
/// </summary>
internal sealed class RotaryTable : TensorData
{
    private readonly double[] _frequencies;
    private readonly double[] _amplitudes;
    private readonly Func<double, double> _function;

    private RotaryTable(int positions, AttentionSpec attention, Func<double, double> function)
        : base(TensorProto.Types.DataType.Float, [positions, attention.HeadSize / 2], positions, attention.HeadSize / 2 * sizeof(float))
    {
        var (half, turning) = (attention.HeadSize / 2, (attention.Rotary?.Size ?? attention.HeadSize) / 2);
        (_frequencies, _amplitudes) = (new double[half], [.. Enumerable.Repeat(1.0, half)]);
        for (var i = 0; i < turning && attention.Rotary is { } rotary; i++)
        {
            var divisors = rotary.BelowLimit is { } brief && positions <= brief.MaxPositions ? brief.Divisors : rotary.Divisors;
            _frequencies[i] = Math.Pow(rotary.Theta, -1.0 * i / turning) / (divisors?.Items[i] ?? 1);
            _amplitudes[i] = rotary.Amplitude;
        }

        _function = function;
    }

    /// <summary>Adds the tables of one layer's attention to a graph and gives their names, cosines first.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="positions">Rows.</param>
    /// <param name="attention">The layer's.</param>
    /// <param name="suffix">Of the names, to tell one kind of layer from another.</param>
    public static ImmutableArray<string> Emit(GraphBuilder graph, int positions, AttentionSpec attention, string suffix) =>
    [
        graph.Initializer("cos_cache" + suffix, Cosines(positions, attention)),
        graph.Initializer("sin_cache" + suffix, Sines(positions, attention)),
    ];

    public static RotaryTable Cosines(int positions, AttentionSpec attention) => new(positions, attention, Math.Cos);

    public static RotaryTable Sines(int positions, AttentionSpec attention) => new(positions, attention, Math.Sin);

    public override void Write(long firstRow, Span<byte> destination, CancellationToken cancellationToken)
    {
        var floats = MemoryMarshal.Cast<byte, float>(destination);
        for (var i = 0; i < floats.Length; i++)
        {
            var (row, column) = Math.DivRem(i, _frequencies.Length);
            floats[i] = (float)(_function((firstRow + row) * _frequencies[column]) * _amplitudes[column]);
        }
    }
}

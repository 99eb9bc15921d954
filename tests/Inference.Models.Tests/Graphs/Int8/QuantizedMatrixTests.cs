using Inference.Models.Graphs.Int8;
using Inference.Models.Graphs.Onnx;
using Inference.Models.Rotation;

namespace Inference.Models.Tests.Graphs.Int8;

public sealed class QuantizedMatrixTests : IDisposable
{
    private static readonly DecoderSpec Spec = TinyModel.Int8Spec;

    private readonly FakeWeightSource _source = TinyModel.Weights(Spec, scatter: true);
    private readonly RotatedWeights _rotated;

    public QuantizedMatrixTests()
    {
        _rotated = new RotatedWeights(Spec, _source);
    }

    public void Dispose() => _rotated.Dispose();

    [Fact]
    public void Write_PartsOfDifferentRotation_AreQuantisedPerOutputAndTransposed()
    {
        // 128 rows rotated on the right only, 64 rotated on both sides.
        var matrix = QueryAndValue();
        var (values, scales) = (TensorBytes.ReadBytes(matrix.Values), TensorBytes.ReadAll(matrix.Scales));

        Assert.Equal(TensorProto.Types.DataType.Int8, matrix.Values.ElementType);
        Assert.Equal([192, 192], matrix.Values.Shape);
        Assert.Equal(TensorProto.Types.DataType.Float, matrix.Scales.ElementType);
        Assert.Equal([192], matrix.Scales.Shape);
        var expected = new float[192 * 192];
        _rotated.ReadRows(WeightNames.Query(0), 0, expected.AsSpan(0, 128 * 192));
        _rotated.ReadRows(WeightNames.Value(0), 0, expected.AsSpan(128 * 192));
        for (var output = 0; output < 192; output++)
        {
            var row = expected.AsSpan(output * 192, 192).ToArray();
            Assert.Equal(row.Max(MathF.Abs) / 127, scales[output]);
            for (var input = 0; input < 192; input++)
            {
                Assert.Equal(row[input], values[(input * 192) + output] * scales[output], scales[output] * 0.50001f);
            }
        }
    }

    [Fact]
    public void Write_NotTransposed_KeepsTheRows()
    {
        var matrix = new QuantizedMatrix(_rotated, [new(WeightNames.Embedding, 11)], 192, transpose: false);
        var (values, scales) = (TensorBytes.ReadBytes(matrix.Values), TensorBytes.ReadAll(matrix.Scales));

        Assert.Equal([11, 192], matrix.Values.Shape);
        Assert.Equal([11], matrix.Scales.Shape);
        var expected = new float[11 * 192];
        _rotated.ReadRows(WeightNames.Embedding, 0, expected);
        Assert.All(expected, (value, i) => Assert.Equal(value, values[i] * scales[i / 192], scales[i / 192] * 0.50001f));
    }

    [Fact]
    public void Write_RangesOfRows_EqualTheWhole()
    {
        var whole = TensorBytes.ReadBytes(QueryAndValue().Values);

        var values = QueryAndValue().Values;

        Assert.Equal(whole[(5 * 192)..(7 * 192)], TensorBytes.ReadBytes(values, 5, 2));
        Assert.Equal(whole[..(5 * 192)], TensorBytes.ReadBytes(values, 0, 5));
        Assert.Equal(whole[(7 * 192)..], TensorBytes.ReadBytes(values, 7, 185));
    }

    [Fact]
    public void Write_BothTensorsOnce_ReadsTheWeightsOnce()
    {
        var matrix = new QuantizedMatrix(_rotated, [new(WeightNames.Gate(0), 128)], 192, transpose: true);

        TensorBytes.ReadBytes(matrix.Values, 0, 100);
        var reads = _source.ReadCount;
        TensorBytes.ReadBytes(matrix.Values, 100, 92);
        TensorBytes.ReadAll(matrix.Scales);

        // Two blocks of 64 rows, each with the norm.
        Assert.Equal(4, reads);
        Assert.Equal(reads, _source.ReadCount);
    }

    [Fact]
    public void Write_AfterBothWereRead_HasReleasedTheNumbersAndComputesThemAnew()
    {
        var matrix = QueryAndValue();
        var first = (TensorBytes.ReadBytes(matrix.Values), TensorBytes.ReadAll(matrix.Scales));
        var reads = _source.ReadCount;

        Assert.Equal(first.Item1, TensorBytes.ReadBytes(matrix.Values));
        Assert.Equal(2 * reads, _source.ReadCount);
        Assert.Equal(first.Item2, TensorBytes.ReadAll(matrix.Scales));
        Assert.Equal(2 * reads, _source.ReadCount);
    }

    [Fact]
    public void Write_ValueNotFinite_NamesTheTensorAndItsRows()
    {
        using var source = new FaultyWeightSource(_source, WeightNames.Down(1), row: 130);
        var matrix = new QuantizedMatrix(new RotatedWeights(Spec, source), [new(WeightNames.Down(1), 192)], 128, transpose: true);

        var exception = Assert.Throws<ModelFormatException>(() => TensorBytes.ReadAll(matrix.Scales));

        Assert.Equal(
            "tensor 'model.layers.1.mlp.down_proj.weight', rows 128 to 191, or the norm before it holds a value that is not finite",
            exception.Message);
    }

    private QuantizedMatrix QueryAndValue() =>
        new(_rotated, [new(WeightNames.Query(0), 128), new(WeightNames.Value(0), 64)], 192, transpose: true);
}

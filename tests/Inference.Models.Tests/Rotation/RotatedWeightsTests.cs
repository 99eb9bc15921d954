using Inference.Models.Checkpoints;
using Inference.Models.Rotation;
using Inference.Models.Tests.Checkpoints;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Rotation;

public sealed class RotatedWeightsTests : IDisposable
{
    private static readonly DecoderSpec Spec = TinyModel.Int8Spec;

    private readonly FakeWeightSource _source = TinyModel.Weights(Spec, scatter: true);
    private readonly RotatedWeights _rotated;

    public RotatedWeightsTests()
    {
        _rotated = new RotatedWeights(Spec, _source);
    }

    /// <summary>Blocks along the rows and along the columns, by the definitions.</summary>
    public static TheoryData<string, string?, int, int> Matrices => new()
    {
        { WeightNames.Embedding, null, 64, 1 },
        { WeightNames.Query(1), WeightNames.InputNorm(1), 64, 1 },
        { WeightNames.Key(1), WeightNames.InputNorm(1), 64, 1 },
        { WeightNames.Value(1), WeightNames.InputNorm(1), 64, 32 },
        { WeightNames.Output(1), null, 32, 64 },
        { WeightNames.Gate(1), WeightNames.PostAttentionNorm(1), 64, 1 },
        { WeightNames.Up(1), WeightNames.PostAttentionNorm(1), 64, 1 },
        { WeightNames.Down(1), null, 128, 64 },
    };

    public void Dispose() => _rotated.Dispose();

    [Theory]
    [MemberData(nameof(Matrices))]
    public void ReadRows_Matrix_IsFoldedAndRotatedOnBothSides(string name, string? norm, int inputBlock, int outputBlock)
    {
        Assert.True(_rotated.TryGetShape(name, out var shape));
        Assert.Equal(outputBlock, _rotated.RowBlock(name));
        var (firstRow, columns) = (outputBlock, (int)shape[1]);
        var rows = new float[outputBlock * columns];

        _rotated.ReadRows(name, firstRow, rows);

        // Some elements of the block that begins at the first row, each the sum over all that it is made of.
        foreach (var (row, column) in (ReadOnlySpan<(int, int)>)[(0, 0), (outputBlock - 1, 1), (outputBlock / 2, columns - 1)])
        {
            var expected = PlainHadamard.Element(
                outputBlock, firstRow + row, r => PlainHadamard.Element(inputBlock, column, c => Folded(r, c)));
            Assert.Equal(expected, rows[(row * columns) + column], 1e-5);
        }

        double Folded(int row, int column) => _source.Element(name, row, column) * (norm is null ? 1.0 : _source.Element(norm, 0, column));
    }

    [Fact]
    public void ReadRows_RangesOfBlocks_EqualTheWhole()
    {
        var name = WeightNames.Down(0);
        var whole = new float[192 * 128];
        _rotated.ReadRows(name, 0, whole);

        var (first, rest) = (new float[64 * 128], new float[128 * 128]);
        _rotated.ReadRows(name, 0, first);
        _rotated.ReadRows(name, 64, rest);

        Assert.Equal(whole, (float[])[.. first, .. rest]);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(0, 63)]
    [InlineData(64, 65)]
    public void ReadRows_PartOfABlock_IsRefused(int firstRow, int rowCount) =>
        Assert.Throws<ArgumentException>(() => _rotated.ReadRows(WeightNames.Down(0), firstRow, new float[rowCount * 128]));

    [Fact]
    public void ReadRows_Norm_IsOnes()
    {
        foreach (var name in (string[])[WeightNames.InputNorm(1), WeightNames.PostAttentionNorm(0), WeightNames.FinalNorm])
        {
            var norm = new float[192];
            _rotated.ReadRows(name, 0, norm);
            Assert.All(norm, value => Assert.Equal(1, value));
        }
    }

    [Fact]
    public void ReadRows_TiedHead_IsTheEmbeddingWithTheFinalNorm()
    {
        Assert.False(_source.TryGetShape(WeightNames.Head, out _));
        Assert.True(_rotated.TryGetShape(WeightNames.Head, out var shape));
        Assert.Equal([11, 192], shape);
        Assert.Contains(WeightNames.Head, _rotated.Names);
        var row = new float[192];

        _rotated.ReadRows(WeightNames.Head, 3, row);

        var expected = PlainHadamard.Element(
            64, 1, c => (double)_source.Element(WeightNames.Embedding, 3, c) * _source.Element(WeightNames.FinalNorm, 0, c));
        Assert.Equal(expected, row[1], 1e-5);
    }

    [Fact]
    public void ReadRows_HeadOfItsOwn_IsThatHead()
    {
        var spec = Spec with { TieWordEmbeddings = false };
        var source = TinyModel.Weights(spec, scatter: true);
        var row = new float[192];

        new RotatedWeights(spec, source).ReadRows(WeightNames.Head, 3, row);

        var expected = PlainHadamard.Element(
            64, 1, c => (double)source.Element(WeightNames.Head, 3, c) * source.Element(WeightNames.FinalNorm, 0, c));
        Assert.Equal(expected, row[1], 1e-5);
    }

    [Theory]
    [InlineData("self_attn.q_proj", 1)]
    [InlineData("self_attn.k_proj", 1)]
    [InlineData("self_attn.v_proj", 32)]
    [InlineData("self_attn.o_proj", 64)]
    [InlineData("mlp.gate_proj", 1)]
    [InlineData("mlp.up_proj", 1)]
    [InlineData("mlp.down_proj", 64)]
    public void ReadRows_Bias_IsRotatedAsTheRowsOfItsMatrix(string projection, int block)
    {
        var spec = WithBiases(Spec);
        var source = TinyModel.Weights(spec, scatter: true);
        var name = $"model.layers.1.{projection}.bias";
        var bias = source.Elements(name);

        using var rotated = new RotatedWeights(spec, source);
        rotated.ReadRows(name, 0, bias);

        Assert.Equal(PlainHadamard.Transform(source.Elements(name), block).AsEnumerable(), bias, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void OnlineBlock_AnyMatrix_IsOneButForDownProjections()
    {
        Assert.Equal(128, _rotated.OnlineBlock(WeightNames.Down(1)));
        Assert.All(
            (string[])[WeightNames.Query(0), WeightNames.Output(1), WeightNames.Gate(1), WeightNames.Head],
            name => Assert.Equal(1, _rotated.OnlineBlock(name)));
    }

    [Fact]
    public void ReadRows_OddSizesAndBiases_ComputesTheSameLogits()
    {
        var spec = WithBiases(Spec) with
        {
            HiddenSize = 84,
            Attention = WithBiases(Spec).Attention with { HeadSize = 12 },
            Mlp = new MlpSpec { IntermediateSize = 80, HasBias = true },
        };
        var weights = TinyModel.Weights(spec, scatter: true);
        AssertSameLogits(spec, weights, [1, 7, 3, 3]);
    }

    [Fact]
    public void ReadRows_ZooLlama_ComputesTheSameLogits()
    {
        using var model = ModelFolder.Open(RepositoryFiles.ZooLlama);
        AssertSameLogits(model.Spec, model.Weights, [1, 17, 300, 5, 5, 411, 2, 99]);
    }

    [Fact]
    public void ReadRows_SmolLm2_ComputesTheSameLogits()
    {
        using var model = ModelFolder.Open(RepositoryFiles.SmolLm2);
        AssertSameLogits(model.Spec, model.Weights, [504, 3575, 282, 4649]);
    }

    private static DecoderSpec WithBiases(DecoderSpec spec) => spec with
    {
        Attention = spec.Attention with { HasQkvBias = true, HasOutputBias = true },
        Mlp = spec.Mlp with { HasBias = true },
    };

    private static void AssertSameLogits(DecoderSpec spec, WeightSource weights, int[] ids)
    {
        var expected = new ReferenceDecoder(spec, weights).Logits(ids);
        using var rotated = new RotatedWeights(spec, weights);

        var actual = new ReferenceDecoder(spec with { TieWordEmbeddings = false }, rotated, RotateMlp).Logits(ids);

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-4f * expected.Max(MathF.Abs)));

        void RotateMlp(float[] row) => PlainHadamard.Transform(row, rotated.Blocks.Mlp).CopyTo(row, 0);
    }
}

using Inference.Execution.Cpu.Int8;
using Inference.Execution.Cpu.Int8.Generated;
using Inference.Execution.Cpu.Int8.Layers;
using Inference.Execution.Cpu.Int8.Products;
using Inference.Execution.Tests.Cpu.Int8.Products;

namespace Inference.Execution.Tests.Cpu.Int8.Layers;

/// <summary>The fused rows against the single operators' row functions, and products by definition: the same to the bit.</summary>
public sealed unsafe class LayerRowsTests
{
    private const int Tokens = 45;
    private const int Attended = 36;
    private const int Hidden = 48;
    private const int Intermediate = 80;
    private const int Outputs = 70;
    private const int Hadamard = 16;
    private const float Epsilon = 1e-5f;

    private readonly Random _random;
    private readonly sbyte[] _output;
    private readonly sbyte[] _gateUp;
    private readonly sbyte[] _down;
    private readonly sbyte[] _next;
    private readonly float[] _outputScales;
    private readonly float[] _gateUpScales;
    private readonly float[] _downScales;
    private readonly float[] _residual;
    private readonly byte[] _y = new byte[Tokens * Attended];
    private readonly float[] _yScales;

    public LayerRowsTests()
    {
        _random = new Random(17);
        (_output, _gateUp) = (Weights(Attended, Hidden), Weights(Hidden, 2 * Intermediate));
        (_down, _next) = (Weights(Intermediate, Hidden), Weights(Hidden, Outputs));
        _outputScales = Rows.Random(_random, Hidden, 0.01f);
        _gateUpScales = Rows.Random(_random, 2 * Intermediate, 0.01f);
        _downScales = Rows.Random(_random, Hidden, 0.01f);
        _residual = Rows.Random(_random, Tokens * Hidden);
        _random.NextBytes(_y);
        _yScales = Rows.Random(_random, Tokens, 0.02f);
    }

    [Fact]
    public void Stages_AllTokens_EqualTheSingleOperators()
    {
        Assert.SkipUnless(VnniPanelCode.IsSupported, "the processor has no AVX-512 VNNI");
        var expected = Reference([.. Enumerable.Range(0, Tokens)]);
        foreach (var rowsPerTile in new[] { 1, 7, 16, Tokens })
        {
            var (sum, scales, next, _) = Run(indices: null, rowsPerTile);
            Paths.AssertSame(expected.Sum, sum, $"residual, {rowsPerTile} rows at once");
            Paths.AssertSame(expected.Scales, scales, $"scales, {rowsPerTile} rows at once");
            Assert.Equal(ProductReference.Compute(_next, expected.X, Tokens, Hidden, Outputs), next);
        }
    }

    [Fact]
    public void Stages_SomeTokens_EqualTheSingleOperatorsOfThese()
    {
        Assert.SkipUnless(VnniPanelCode.IsSupported, "the processor has no AVX-512 VNNI");
        long[] indices = [44, 3, 3, 0, 17];
        var expected = Reference([.. indices.Select(index => (int)index)]);
        foreach (var rowsPerTile in new[] { 1, 2, 5 })
        {
            var (_, scales, _, x) = Run(indices, rowsPerTile);
            Paths.AssertSame(expected.Scales, scales, $"scales, {rowsPerTile} rows at once");
            Assert.Equal(expected.X, x);
        }
    }

    private static (float[] Sum, byte[] X, float[] Scales) AddNorm(float[] residual, int[] sums, float[] rowScales, float[] columnScales)
    {
        var rows = rowScales.Length;
        var (sum, x, scales) = (new float[rows * Hidden], new byte[rows * Hidden], new float[rows]);
        fixed (float* r = residual, c = columnScales, s = sum)
        fixed (int* a = sums)
        fixed (byte* b = x)
        {
            for (var row = 0; row < rows; row++)
            {
                var start = row * Hidden;
                var statistics = NormRow<Lanes128>.Add(r + start, a + start, rowScales[row], c, s + start, Hidden);
                scales[row] = NormRow<Lanes128>.Quantize(s + start, Hidden, statistics, Epsilon, b + start);
            }
        }

        return (sum, x, scales);
    }

    private sbyte[] Weights(int inputs, int outputs)
    {
        var weights = new sbyte[inputs * outputs];
        _random.NextBytes((byte[])(Array)weights);
        return weights;
    }

    private (float[] Sum, byte[] X, float[] Scales) Reference(int[] tokens)
    {
        var y = tokens.SelectMany(token => _y.AsSpan(token * Attended, Attended).ToArray()).ToArray();
        var residual = tokens.SelectMany(token => _residual.AsSpan(token * Hidden, Hidden).ToArray()).ToArray();
        float[] yScales = [.. tokens.Select(token => _yScales[token])];
        var first = AddNorm(residual, ProductReference.Compute(_output, y, tokens.Length, Attended, Hidden), yScales, _outputScales);
        var gateUp = ProductReference.Compute(_gateUp, first.X, tokens.Length, Hidden, 2 * Intermediate);
        var (z, zScales) = (new byte[tokens.Length * Intermediate], new float[tokens.Length]);
        fixed (int* a = gateUp)
        fixed (float* c = _gateUpScales)
        fixed (byte* b = z)
        {
            for (var row = 0; row < tokens.Length; row++)
            {
                zScales[row] = SwiGluQuantizeKernel<Lanes128>.Compute(
                    a + row * 2 * Intermediate, first.Scales[row], c, Intermediate, Hadamard, b + row * Intermediate);
            }
        }

        return AddNorm(first.Sum, ProductReference.Compute(_down, z, tokens.Length, Intermediate, Hidden), zScales, _downScales);
    }

    private (float[] Sum, float[] Scales, int[] Next, byte[] X) Run(long[]? indices, int rowsPerTile)
    {
        var rows = indices?.Length ?? Tokens;
        var (sum, scales, next, x) = (new float[rows * Hidden], new float[rows], new int[rows * Outputs], new byte[rows * Hidden]);
        using var output = Pack(_output, Attended, Hidden);
        using var gateUp = Pack(_gateUp, Hidden, 2 * Intermediate);
        using var down = Pack(_down, Intermediate, Hidden);
        using var nextWeights = Pack(_next, Hidden, Outputs);
        fixed (float* outputScales = _outputScales, gateUpScales = _gateUpScales, downScales = _downScales, residual = _residual)
        fixed (float* yScales = _yScales, sumPointer = sum, scalesPointer = scales)
        fixed (byte* y = _y, xPointer = x)
        fixed (int* nextPointer = next)
        fixed (long* indicesPointer = indices)
        {
            var step = new LayerStep
            {
                Output = new VnniPanels(output), GateUp = new VnniPanels(gateUp), Down = new VnniPanels(down),
                OutputScales = outputScales, GateUpScales = gateUpScales, DownScales = downScales,
                Attended = Attended, Hidden = Hidden, Intermediate = Intermediate, Hadamard = Hadamard, Epsilon = Epsilon,
                Residual = residual, Y = y, YScales = yScales, Indices = indicesPointer, XScales = scalesPointer,
            };
            if (indices is null)
            {
                step.Next = new VnniPanels(nextWeights);
                step.Sum = sumPointer;
                step.NextSums = nextPointer;
            }
            else
            {
                step.X = xPointer;
            }

            for (var first = 0; first < rows; first += rowsPerTile)
            {
                var count = Math.Min(rowsPerTile, rows - first);
                var scratch = ThreadScratch.Rent(LayerRows<Lanes128>.ScratchBytes(step, count));
                StagedLoop.RunAlone(new LayerRows<Lanes128>(step, first, count, scratch));
            }
        }

        return (sum, scales, next, x);
    }

    private static PackedMatrix Pack(sbyte[] weights, int inputs, int outputs)
    {
        fixed (sbyte* pointer = weights)
        {
            return new PackedMatrix(pointer, inputs, outputs);
        }
    }
}

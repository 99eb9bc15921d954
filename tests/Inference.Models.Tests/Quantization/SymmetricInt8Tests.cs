using Inference.Models.Quantization;

namespace Inference.Models.Tests.Quantization;

public sealed class SymmetricInt8Tests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Quantize_RandomRow_IsTheNearestStepOfTheLargest(int length)
    {
        var random = new Random(length);
        var row = Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * 3)).ToArray();
        var quantized = new sbyte[length];

        var scale = SymmetricInt8.Quantize(row, quantized);

        Assert.Equal(row.Max(MathF.Abs) / 127, scale);
        Assert.Equal(127, quantized.Max(value => Math.Abs((int)value)));
        Assert.All(row.Zip(quantized), pair => Assert.InRange(Math.Abs((pair.Second * (double)scale) - pair.First), 0, scale * 0.50001));
    }

    [Fact]
    public void Quantize_HalfSteps_GoToTheEvenNeighbour()
    {
        // The scale is 1, so that elements are steps. 70 elements reach both the vectors and the rest.
        float[] pattern = [127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -126.5f];
        var row = Enumerable.Repeat(pattern, 10).SelectMany(values => values).ToArray();
        var quantized = new sbyte[row.Length];

        Assert.Equal(1, SymmetricInt8.Quantize(row, quantized));

        Assert.Equal(Enumerable.Repeat((sbyte[])[127, 0, 2, 2, 0, -2, -126], 10).SelectMany(values => values), quantized);
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(3e38f)]
    [InlineData(0.1f)]
    public void Quantize_RowOfTheSameMagnitude_StaysWithin127(float value)
    {
        var row = Enumerable.Range(0, 67).Select(i => i % 2 == 0 ? value : -value).ToArray();
        var quantized = new sbyte[67];

        SymmetricInt8.Quantize(row, quantized);

        Assert.All(quantized, (step, i) => Assert.Equal(i % 2 == 0 ? 127 : -127, step));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-40f)]
    [InlineData(float.Epsilon)]
    public void Quantize_ZerosOrNearly_GivesZerosAndScaleZero(float value)
    {
        var quantized = Enumerable.Repeat((sbyte)9, 50).ToArray();

        Assert.Equal(0, SymmetricInt8.Quantize(Enumerable.Repeat(value, 50).ToArray(), quantized));

        Assert.All(quantized, step => Assert.Equal(0, step));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Quantize_ValueNotFinite_GivesNaN(float value)
    {
        foreach (var place in (int[])[0, 33, 49])
        {
            var row = new float[50];
            row[place] = value;
            row[7] = 5;
            Assert.Equal(float.NaN, SymmetricInt8.Quantize(row, new sbyte[50]));
        }
    }
}

using Inference.Models.Rotation;

namespace Inference.Models.Tests.Rotation;

public sealed class HadamardTests
{
    public static TheoryData<int> Sizes => [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Transform_ThreeBlocks_EqualsTheMatrix(int size)
    {
        var values = Random(3 * size);
        var transformed = values.ToArray();

        Hadamard.Transform(transformed, size);

        AssertClose(PlainHadamard.Transform(values, size), transformed);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void TransformColumns_TwoBlocks_EqualsTheMatrix(int size)
    {
        // 67 columns are no whole number of vectors, and with 512 rows more than a strip.
        const int Columns = 67;
        var matrix = Random(2 * size * Columns);
        var transformed = matrix.ToArray();

        Hadamard.TransformColumns(transformed, Columns, size);

        for (var column = 0; column < Columns; column++)
        {
            AssertClose(PlainHadamard.Transform(Column(matrix, column), size), Column(transformed, column));
        }

        static float[] Column(float[] matrix, int column) => [.. matrix.Where((_, index) => index % Columns == column)];
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Transform_Twice_GivesTheOriginal(int size)
    {
        var values = Random(2 * size);
        var transformed = values.ToArray();

        Hadamard.Transform(transformed, size);
        Hadamard.Transform(transformed, size);

        AssertClose(values, transformed);
    }

    [Theory]
    [InlineData(12, 3)]
    [InlineData(12, 8)]
    [InlineData(12, 0)]
    public void Transform_NoWholeBlocksOfAPowerOfTwo_IsRefused(int length, int size)
    {
        Assert.Throws<ArgumentException>(() => Hadamard.Transform(new float[length], size));
        Assert.Throws<ArgumentException>(() => Hadamard.TransformColumns(new float[length * 5], 5, size));
    }

    private static float[] Random(int length)
    {
        var random = new Random(length);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}

namespace Inference.Execution.Tests.Cpu.Int8;

/// <summary>Rows of floats to quantise: random ones and hostile ones.</summary>
internal static class Rows
{
    public static float[] Random(Random random, int width, float magnitude = 3) =>
        [.. Enumerable.Range(0, width).Select(_ => (float)((random.NextDouble() * 2 - 1) * magnitude))];

    public static TheoryData<string> HostileNames => [.. Hostile(new Random(1), 16).Select(row => row.Name)];

    public static float[] HostileRow(string name, int width) => Hostile(new Random(1), width).Single(row => row.Name == name).Row;

    private static IEnumerable<(string Name, float[] Row)> Hostile(Random random, int width)
    {
        yield return ("zeros", new float[width]);
        yield return ("negative zeros", Filled(width, -0f));
        yield return ("one value", Filled(width, 0.3f));
        yield return ("one negative value", Filled(width, -7f));
        yield return ("denormals", Filled(width, float.Epsilon));
        yield return ("tiny", Random(random, width, 1e-33f));
        yield return ("huge", Random(random, width, 3e38f));
        yield return ("largest", Filled(width, float.MaxValue));
        yield return ("one NaN", With(Random(random, width), float.NaN));
        yield return ("one infinity", With(Random(random, width), float.PositiveInfinity));
        yield return ("one negative infinity", With(Random(random, width), float.NegativeInfinity));
        yield return ("all NaN", Filled(width, float.NaN));
        yield return ("one outlier", With(Random(random, width), 1e9f));
    }

    private static float[] Filled(int width, float value) => [.. Enumerable.Repeat(value, width)];

    private static float[] With(float[] row, float value)
    {
        row[row.Length / 3] = value;
        return row;
    }
}

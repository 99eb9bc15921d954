using System.Globalization;

namespace Inference.Simulation.Costs;

/// <summary>A step that was measured: a line <c>tokens,rows,context,pairs,milliseconds</c>.</summary>
/// <param name="Features">What was computed.</param>
/// <param name="Milliseconds">How long it took, more than 0.</param>
public sealed record StepMeasurement(StepFeatures Features, double Milliseconds)
{
    /// <summary>The first line of a file of measurements.</summary>
    public const string Header = "tokens,rows,context,pairs,milliseconds";

    /// <summary>Reads a file of measurements. Lines that begin with # are comments.</summary>
    /// <exception cref="FormatException">A line is not as it must be; the message names it.</exception>
    public static IReadOnlyList<StepMeasurement> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var measurements = new List<StepMeasurement>();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length > 0 && line[0] != '#' && line != Header)
                measurements.Add(Parse(line, number));
        }

        return measurements;
    }

    /// <summary>The line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Features.Tokens},{Features.Rows},{Features.Context},{Features.Pairs},{Milliseconds:0.000}");

    private static StepMeasurement Parse(string line, int number)
    {
        var fields = line.Split(',');
        var counts = new long[4];
        var isRight = fields.Length == 5;
        for (var i = 0; isRight && i < 4; i++)
            isRight = long.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out counts[i]);
        if (!isRight
            || !double.TryParse(fields[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
            || !(milliseconds > 0 && double.IsFinite(milliseconds)))
            throw new FormatException($"Line {number} is not '{Header}': '{line}'.");

        return new StepMeasurement(new StepFeatures(counts[0], counts[1], counts[2], counts[3]), milliseconds);
    }
}

using System.Collections.Immutable;
using System.Globalization;

namespace Inference.LoadTest.Loads;

/// <summary>
/// Requests per second over time, as stages one after another: <c>5</c> is 5 a second without end, <c>5:60,10:60</c> a minute of 5 and
/// one of 10, <c>1-20:120</c> from 1 to 20 in two minutes; <c>inf</c> is everything at once.
/// </summary>
internal sealed record RateProfile(ImmutableArray<RateStage> Stages)
{
    /// <summary>Of one rate, without end.</summary>
    public static RateProfile Constant(double rate) => new([new RateStage(rate, rate, double.PositiveInfinity)]);

    /// <exception cref="FormatException">It is not as above.</exception>
    public static RateProfile Parse(string text)
    {
        if (text == "inf")
            return Constant(double.PositiveInfinity);

        var stages = text.Split(',').Select(ParseStage).ToImmutableArray();
        return stages[..^1].All(stage => double.IsFinite(stage.Seconds))
            ? new RateProfile(stages)
            : throw new FormatException($"--request-rate {text}: every stage but the last needs seconds, as in 5:60.");
    }

    /// <summary>
    /// When so many arrivals are to be expected: the inverse of the rate's integral, in seconds. Null if there are never so many.
    /// </summary>
    public double? TimeOf(double expected)
    {
        var start = 0.0;
        foreach (var stage in Stages)
        {
            if (expected <= stage.Arrivals)
                return start + stage.TimeOf(expected);
            expected -= stage.Arrivals;
            start += stage.Seconds;
        }

        return null;
    }

    private static RateStage ParseStage(string text)
    {
        var (rates, seconds) = text.Split(':') switch
        {
            [var rate] => (rate.Split('-'), double.PositiveInfinity),
            [var rate, var duration] => (rate.Split('-'), Number(duration, text)),
            _ => throw Malformed(text),
        };
        var stage = rates switch
        {
            [var one] => new RateStage(Number(one, text), Number(one, text), seconds),
            [var from, var to] when double.IsFinite(seconds) => new RateStage(Number(from, text), Number(to, text), seconds),
            _ => throw Malformed(text),
        };
        return stage.Seconds > 0 && stage.From + stage.To > 0 ? stage : throw Malformed(text);
    }

    private static double Number(string text, string stage) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed(stage);

    private static FormatException Malformed(string stage) =>
        new($"--request-rate {stage}: a stage is RATE, RATE:SECONDS or FROM-TO:SECONDS, in requests per second, or inf alone.");
}

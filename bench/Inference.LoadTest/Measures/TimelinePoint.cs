namespace Inference.LoadTest.Measures;

/// <summary>A slice of a run.</summary>
/// <param name="Second">Where it begins.</param>
/// <param name="OutputThroughput">Events with output per second in it, weighed with the tokens that each has.</param>
/// <param name="InFlight">The most requests under way in it.</param>
/// <param name="TtftP50">Of requests that began in it, in milliseconds; null without any.</param>
internal sealed record TimelinePoint(double Second, double OutputThroughput, int InFlight, double? TtftP50);

namespace Inference.LoadTest.Experiments;

/// <summary>As published.</summary>
internal sealed record PublishedFigures(double OutputThroughput, double E2elP90Seconds);

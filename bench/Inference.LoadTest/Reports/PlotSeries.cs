namespace Inference.LoadTest.Reports;

/// <summary>Points of one colour, in order, joined by a line unless they are <paramref name="Scattered"/>.</summary>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points, bool Scattered = false);

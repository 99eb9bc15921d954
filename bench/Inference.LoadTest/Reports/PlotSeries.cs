namespace Inference.LoadTest.Reports;

/// <summary>Points of one colour, in order, joined by a line unless they are <paramref name="Scattered"/>.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">On the axes.</param>
/// <param name="Scattered">Whether they are dots alone.</param>
/// <param name="Margins">How far each may be from its place, upwards and downwards; null where that is not known.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points, bool Scattered = false, IReadOnlyList<double?>? Margins = null);

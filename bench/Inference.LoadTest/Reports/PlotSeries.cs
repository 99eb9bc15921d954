namespace Inference.LoadTest.Reports;

/// <summary>Points of one colour.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">On the axes.</param>
/// <param name="Kind">How they are drawn.</param>
/// <param name="Margins">How far each may be from its place, upwards and downwards; null where that is not known.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points, PlotKind Kind = PlotKind.Line, IReadOnlyList<double?>? Margins = null);

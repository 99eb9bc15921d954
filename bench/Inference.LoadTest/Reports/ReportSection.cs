using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Reports;

/// <summary>A part of a page.</summary>
/// <param name="Heading">Its own.</param>
/// <param name="Runs">That belong together, at least one.</param>
/// <param name="Table">Rows of cells that come first, their first the heading; null for none.</param>
internal sealed record ReportSection(string Heading, IReadOnlyList<RunSummary> Runs, IReadOnlyList<string[]>? Table = null);

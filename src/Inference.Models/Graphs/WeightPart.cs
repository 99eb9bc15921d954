namespace Inference.Models.Graphs;

/// <summary>A weight that goes into a constant of the graph.</summary>
/// <param name="Name">As in <see cref="WeightNames"/>.</param>
/// <param name="Size">Rows of a matrix, elements of a vector.</param>
internal readonly record struct WeightPart(string Name, long Size);

namespace Inference.Models.Graphs.Int8;

/// <summary>The output of a projection, before it is scaled.</summary>
/// <param name="Name">INT32 [rows, outputs].</param>
/// <param name="RowScales">FLOAT [rows].</param>
/// <param name="ColumnScales">FLOAT [outputs].</param>
internal readonly record struct Accumulators(string Name, string RowScales, string ColumnScales);

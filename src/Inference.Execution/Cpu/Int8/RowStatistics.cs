namespace Inference.Execution.Cpu.Int8;

/// <summary>What is gathered of a row while it is computed.</summary>
/// <param name="SumOfSquares">Of all elements.</param>
/// <param name="Magnitude">The largest; NaN if an element is NaN.</param>
internal readonly record struct RowStatistics(float SumOfSquares, float Magnitude);

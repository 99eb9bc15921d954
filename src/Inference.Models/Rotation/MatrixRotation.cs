namespace Inference.Models.Rotation;

/// <summary>What becomes of a matrix [out, in] of a checkpoint when the decoder is rotated.</summary>
/// <param name="Source">The weight in the checkpoint.</param>
/// <param name="Norm">The norm before it, whose weight [in] multiplies the columns, if there is one.</param>
/// <param name="InputBlock">Hadamard blocks along each row; 1 for none.</param>
/// <param name="OutputBlock">Hadamard blocks along each column; 1 for none.</param>
/// <param name="IsOnline">Whether the input has to be rotated when the graph runs: no matrix before it can be.</param>
internal sealed record MatrixRotation(string Source, string? Norm, int InputBlock, int OutputBlock = 1, bool IsOnline = false);

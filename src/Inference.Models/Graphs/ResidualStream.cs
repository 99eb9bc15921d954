namespace Inference.Models.Graphs;

/// <summary>The hidden state on its way through the layers.</summary>
/// <param name="Residual">The sum so far.</param>
/// <param name="Branch">What is still to be added to it: the output of the last block.</param>
internal readonly record struct ResidualStream(string Residual, string? Branch);

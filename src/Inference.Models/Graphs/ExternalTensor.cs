namespace Inference.Models.Graphs;

/// <summary>A constant's place in the weights file.</summary>
/// <param name="Name">Of the initializer.</param>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="Data">What to write there.</param>
internal sealed record ExternalTensor(string Name, long Offset, TensorData Data);

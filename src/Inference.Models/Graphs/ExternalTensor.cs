namespace Inference.Models.Graphs;

/// <summary>A constant's place in a file beside the model.</summary>
/// <param name="Name">Of the initializer.</param>
/// <param name="File">The file's path relative to the model's folder.</param>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="Data">What to write there.</param>
internal sealed record ExternalTensor(string Name, string File, long Offset, TensorData Data);

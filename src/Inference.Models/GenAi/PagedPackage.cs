namespace Inference.Models.GenAi;

/// <summary>A package's graph in the form of <see cref="Graphs.GraphContract"/>, with a KV cache in float32.</summary>
/// <param name="Graph">As ONNX Runtime loads it.</param>
/// <param name="WeightsFolder">Where the files of its constants lie, unchanged: they are the package's.</param>
/// <param name="Shape">Its sizes.</param>
public sealed record PagedPackage(ReadOnlyMemory<byte> Graph, string WeightsFolder, ModelShape Shape);

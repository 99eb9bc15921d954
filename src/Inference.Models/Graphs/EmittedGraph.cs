using System.Collections.Immutable;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>A finished graph, and the plan of the files of constants that it refers to; nothing has been written yet.</summary>
/// <param name="Model">The graph with everything but the constants' bytes.</param>
/// <param name="Tensors">The constants, in the order in which they were added; within a file by ascending offset.</param>
/// <param name="Files">The files that hold them, the weights file first.</param>
internal sealed record EmittedGraph(ModelProto Model, ImmutableArray<ExternalTensor> Tensors, ImmutableArray<ExternalFile> Files)
{
    /// <summary>Bytes of all files of constants.</summary>
    public long WeightsLength => Files.Sum(file => file.Length);
}

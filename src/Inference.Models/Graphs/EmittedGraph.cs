using System.Collections.Immutable;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>A finished graph, and the plan of the weights file that it refers to; nothing has been written yet.</summary>
/// <param name="Model">The graph with everything but the constants' bytes.</param>
/// <param name="Tensors">The constants, by ascending offset.</param>
/// <param name="WeightsLength">Bytes of the weights file.</param>
internal sealed record EmittedGraph(ModelProto Model, ImmutableArray<ExternalTensor> Tensors, long WeightsLength);

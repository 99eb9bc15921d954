using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// Puts one node in the place of the seven between one attention and the next: <see cref="GraphContract.BetweenAttentions"/>, and
/// <see cref="GraphContract.AfterLastAttention"/> behind the last.
/// </summary>
internal static class FusedLayers
{
    // Takes what the graph gives back, so that nothing of it is taken for an inner tensor of a chain.
    private static readonly NodeProto Caller = new();

    /// <summary>Fuses wherever a graph with packed products has just these nodes; elsewhere it stays as it is.</summary>
    public static void Fuse(GraphProto graph)
    {
        var uses = graph.Node
            .SelectMany(node => node.Input.Select(input => (Tensor: input, Node: node)))
            .Concat(graph.Output.Select(output => (Tensor: output.Name, Node: Caller)))
            .ToLookup(use => use.Tensor, use => use.Node);
        foreach (var product in graph.Node.Where(node => node.OpType == GraphContract.PackedMatMulInteger).ToList())
        {
            if (LayerChain.Find(product, uses) is { } chain)
            {
                Replace(graph, chain);
            }
        }
    }

    // The fused node stands where the last of its nodes stood: all that it needs is computed before, and nobody needs the others' results.
    private static void Replace(GraphProto graph, LayerChain chain)
    {
        graph.Node[graph.Node.IndexOf(chain.Last)] = chain.ToNode();
        foreach (var node in chain.Inner)
        {
            graph.Node.Remove(node);
        }
    }
}

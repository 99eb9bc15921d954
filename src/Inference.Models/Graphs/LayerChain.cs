using System.Collections.Immutable;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// The nodes between one attention and the next: output projection, norm, gate and up, activation, down projection, norm, and the next
/// projection, or behind the last attention the gathering norm alone.
/// </summary>
/// <param name="Output">Product.</param>
/// <param name="OutputNorm">AddNormQuantize.</param>
/// <param name="GateUp">Product.</param>
/// <param name="Activation">SwiGluQuantize.</param>
/// <param name="Down">Product.</param>
/// <param name="DownNorm">AddNormQuantize, or GatherAddNormQuantize.</param>
/// <param name="Next">Product; null behind a gathering norm.</param>
internal sealed record LayerChain(
    NodeProto Output, NodeProto OutputNorm, NodeProto GateUp, NodeProto Activation, NodeProto Down, NodeProto DownNorm, NodeProto? Next)
{
    /// <summary>All but the last, in order.</summary>
    public ImmutableArray<NodeProto> Inner =>
        Next is null ? [Output, OutputNorm, GateUp, Activation, Down] : [Output, OutputNorm, GateUp, Activation, Down, DownNorm];

    public NodeProto Last => Next ?? DownNorm;

    /// <summary>The chain that begins with a product, if there is one and nobody else needs what passes between its nodes.</summary>
    /// <param name="output">The product.</param>
    /// <param name="uses">Who takes each tensor; the graph's outputs are taken by a node of their own.</param>
    public static LayerChain? Find(NodeProto output, ILookup<string, NodeProto> uses)
    {
        if (Sole(output, 0) is not { OpType: GraphContract.AddNormQuantize } outputNorm
            || Sole(outputNorm, 1) is not { OpType: GraphContract.PackedMatMulInteger } gateUp
            || Sole(gateUp, 0) is not { OpType: GraphContract.SwiGluQuantize } activation
            || Sole(outputNorm, 2) != activation
            || Sole(activation, 0) is not { OpType: GraphContract.PackedMatMulInteger } down
            || Sole(down, 0) is not { OpType: GraphContract.AddNormQuantize or GraphContract.GatherAddNormQuantize } downNorm
            || Sole(activation, 1) != downNorm
            || Sole(outputNorm, 0) != downNorm
            || !outputNorm.Attribute.Equals(downNorm.Attribute))
        {
            return null;
        }

        var isLast = downNorm.OpType == GraphContract.GatherAddNormQuantize;
        var next = isLast ? null : Sole(downNorm, 1);
        return isLast || next is { OpType: GraphContract.PackedMatMulInteger }
            ? new LayerChain(output, outputNorm, gateUp, activation, down, downNorm, next)
            : null;

        NodeProto? Sole(NodeProto node, int index) => uses[node.Output[index]].Take(2).ToList() is [var only] ? only : null;
    }

    /// <summary>The one node that does the same.</summary>
    public NodeProto ToNode() => new()
    {
        Name = Last.Name,
        Domain = GraphContract.Domain,
        OpType = Next is null ? GraphContract.AfterLastAttention : GraphContract.BetweenAttentions,
        Input =
        {
            OutputNorm.Input[0], Output.Input[0], OutputNorm.Input[2],
            Output.Input[1], OutputNorm.Input[3],
            GateUp.Input[1], Activation.Input[2],
            Down.Input[1], DownNorm.Input[3],
            Next is null ? DownNorm.Input[4] : Next.Input[1],
        },
        Output = { Next is null ? [DownNorm.Output[0], DownNorm.Output[1]] : new[] { DownNorm.Output[0], Next.Output[0], DownNorm.Output[2] } },
        Attribute = { OutputNorm.Attribute, Activation.Attribute },
    };
}

using System.Buffers.Binary;
using Inference.Models.Graphs.Onnx;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.GenAi;

/// <summary>
/// LongRoPE packages choose between two sets of rotary tables by the length of the batch. Here the longest sequence that will be run
/// decides, once: cached keys belong to requests of all lengths.
/// </summary>
internal sealed class LengthChoice(GraphProto graph, string mask, int maxLength)
{
    private readonly Dictionary<string, NodeProto> _producers = graph.Node
        .SelectMany(node => node.Output.Select(output => (output, node)))
        .Where(made => made.output.Length > 0)
        .DistinctBy(made => made.output)
        .ToDictionary(made => made.output, made => made.node, StringComparer.Ordinal);

    /// <summary>Puts the constants of the chosen branch in the place of every If between constants by the mask's length.</summary>
    public void Resolve()
    {
        for (var i = 0; i < graph.Node.Count; i++)
        {
            if (graph.Node[i] is { Domain: "", OpType: "If" } choice && Choose(choice) is { } branch)
            {
                graph.Node.RemoveAt(i);
                for (var output = 0; output < branch.Length; output++)
                {
                    var constant = branch[output].Clone();
                    constant.Output[0] = choice.Output[output];
                    graph.Node.Insert(i++, constant);
                }

                i--;
            }
        }
    }

    /// <summary>For each output the Constant node that makes it; null if this is another kind of choice.</summary>
    private NodeProto[]? Choose(NodeProto choice)
    {
        if (choice.Input is not [var condition]
            || _producers.GetValueOrDefault(condition) is not { Domain: "", OpType: "Greater", Input: [var length, var limit] }
            || !IsLength(length)
            || Integer(limit) is not { } value)
        {
            return null;
        }

        var name = maxLength > value ? "then_branch" : "else_branch";
        var branch = choice.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.G;
        var constants = branch?.Output
            .Select(output => branch.Node.FirstOrDefault(node => node is { Domain: "", OpType: "Constant", Output: [var made] } && made == output.Name))
            .OfType<NodeProto>().ToArray();
        return constants?.Length == choice.Output.Count ? constants : null;
    }

    private bool IsLength(string value) =>
        _producers.GetValueOrDefault(value) is { Domain: "", OpType: "Gather", Input: [var shape, var index] }
        && Integer(index) == 1
        && _producers.GetValueOrDefault(shape) is { Domain: "", OpType: "Shape", Input: [var shaped] }
        && shaped == mask;

    private long? Integer(string value)
    {
        var tensor = _producers.GetValueOrDefault(value) is { Domain: "", OpType: "Constant" } node
            ? node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T
            : graph.Initializer.FirstOrDefault(initializer => initializer.Name == value);
        return tensor is not { DataType: (int)DataType.Int64 } ? null
            : tensor.RawData.Length == sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(tensor.RawData.Span)
            : tensor.Int64Data is [var only] ? only
            : null;
    }
}

using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Onnx;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.GenAi;

/// <summary>A graph while its nodes are replaced: what makes which value, new nodes in order, and in the end only what the outputs need.</summary>
internal sealed class GraphEdit
{
    /// <summary>Before the names of all values that are added; no package uses it.</summary>
    private const string Prefix = "inference.";

    private readonly GraphProto _graph;
    private readonly Dictionary<string, NodeProto> _producers;
    private readonly Dictionary<string, TensorProto> _initializers;
    private readonly List<NodeProto> _nodes = [];

    /// <exception cref="ModelFormatException">A value is made twice.</exception>
    public GraphEdit(GraphProto graph, string path)
    {
        _graph = graph;
        _producers = new(StringComparer.Ordinal);
        _initializers = new(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            _ = _initializers.TryAdd(tensor.Name, tensor) ? true : throw new ModelFormatException($"{path}: tensor '{tensor.Name}' is there twice");
        }

        foreach (var (node, output) in graph.Node.SelectMany(node => node.Output.Where(name => name.Length > 0).Select(name => (node, name))))
        {
            _ = _producers.TryAdd(output, node) ? true : throw new ModelFormatException($"{path}: value '{output}' is made twice");
        }
    }

    /// <summary>The node that makes a value; null for an input or a constant.</summary>
    public NodeProto? ProducerOf(string value) => _producers.GetValueOrDefault(value);

    /// <summary>Whether a value is the same in every run.</summary>
    public bool IsConstant(string value) => _initializers.ContainsKey(value) || ProducerOf(value) is { Domain: "", OpType: "Constant" };

    /// <summary>Dimensions of a constant; 0 for all else.</summary>
    public int RankOf(string value) => ConstantOf(value)?.Dims.Count ?? 0;

    /// <summary>A constant, wherever it is kept; null for what is none.</summary>
    public TensorProto? ConstantOf(string value) => _initializers.GetValueOrDefault(value)
        ?? (ProducerOf(value) is { Domain: "", OpType: "Constant" } node ? node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T : null);

    /// <summary>The name that an added value has.</summary>
    public static string NameOf(string value) => Prefix + value;

    /// <summary>Appends a node that is kept.</summary>
    public void Keep(NodeProto node) => _nodes.Add(node);

    /// <summary>Appends a new node with one output, and gives back that output's name.</summary>
    public string Add(Operator op, string output, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { Name = NameOf(output), OpType = op.Type, Domain = op.Domain, Output = { output } };
        foreach (var input in inputs)
        {
            node.Input.Add(input);
        }

        node.Attribute.AddRange(attributes.ToArray());
        _nodes.Add(node);
        return output;
    }

    /// <summary>Adds a constant of integers, and gives back its name.</summary>
    public string Integers(string name, params ReadOnlySpan<long> values)
    {
        name = NameOf(name);
        if (_initializers.ContainsKey(name))
        {
            return name;
        }

        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)DataType.Int64,
            Dims = { values.Length },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        };
        _graph.Initializer.Add(tensor);
        _initializers.Add(name, tensor);
        return name;
    }

    /// <summary>Gives a value another name wherever it is made and taken; the nodes must not have been kept yet.</summary>
    public void Rename(string value, string other)
    {
        if (_producers.Remove(value, out var producer))
        {
            _producers.Add(other, producer);
        }

        foreach (var node in _graph.Node)
        {
            Rename(node.Input, value, other);
            Rename(node.Output, value, other);
        }
    }

    /// <summary>Puts the appended nodes in the place of the old ones, without what no output needs.</summary>
    /// <param name="missing">The exception for a value that is needed and not there.</param>
    public void Finish(Func<string, ModelFormatException> missing)
    {
        var needed = _graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<NodeProto>();
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            if (node.Output.Any(needed.Contains))
            {
                kept.Add(node);
                AddInputs(node, needed);
            }
        }

        var made = kept.SelectMany(node => node.Output)
            .Concat(_graph.Input.Select(input => input.Name)).Concat(_initializers.Keys).ToHashSet(StringComparer.Ordinal);
        if (needed.FirstOrDefault(name => !made.Contains(name)) is { } lacking)
        {
            throw missing(lacking);
        }

        kept.Reverse();
        _graph.Node.Clear();
        _graph.Node.AddRange(kept);
        var constants = _graph.Initializer.Where(tensor => needed.Contains(tensor.Name)).ToList();
        _graph.Initializer.Clear();
        _graph.Initializer.AddRange(constants);

        // The shapes that they give are those of the graph before.
        _graph.ValueInfo.Clear();
    }

    private static void Rename(RepeatedField<string> names, string value, string other)
    {
        for (var i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == value ? other : names[i];
        }
    }

    /// <summary>What a node takes, its graphs included: these see the values around them.</summary>
    private static void AddInputs(NodeProto node, HashSet<string> needed)
    {
        needed.UnionWith(node.Input.Where(name => name.Length > 0));
        foreach (var graph in node.Attribute.SelectMany(attribute => attribute.G is { } one ? attribute.Graphs.Append(one) : attribute.Graphs))
        {
            var taken = graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var inner in graph.Node)
            {
                AddInputs(inner, taken);
            }

            taken.ExceptWith(graph.Node.SelectMany(inner => inner.Output));
            taken.ExceptWith(graph.Input.Select(input => input.Name));
            taken.ExceptWith(graph.Initializer.Select(tensor => tensor.Name));
            needed.UnionWith(taken);
        }
    }
}

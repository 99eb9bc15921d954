using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// Puts an ONNX graph together. Values are known by name; a node's single output has the node's name. Constants go into a weights file
/// beside the model: protobuf ends at 2 GB, and a file can be mapped, which takes no time and is shared between processes.
/// </summary>
internal sealed class GraphBuilder
{
    /// <summary>IR version 10 and opset 21 belong together, and every ONNX Runtime since 1.18 reads them.</summary>
    private const int IrVersion = 10;

    private const int OnnxVersion = 21;

    /// <summary>A cache line, which is also the widest vector.</summary>
    private const int Alignment = 64;

    /// <summary>A memory page, for tensors that fill many: a mapping can then begin where the tensor does.</summary>
    private const int LargeAlignment = 4096;

    private const int LargeLength = 1 << 16;

    private readonly GraphProto _graph;
    private readonly string _weightsFile;
    private readonly ImmutableArray<ExternalTensor>.Builder _tensors = ImmutableArray.CreateBuilder<ExternalTensor>();
    private readonly HashSet<string> _values = [];
    private readonly SortedSet<string> _domains = new(StringComparer.Ordinal) { "" };
    private readonly OrderedDictionary<string, long> _fileLengths;

    /// <param name="name">The graph's name.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    public GraphBuilder(string name, string weightsFile)
    {
        _graph = new GraphProto { Name = name };
        _weightsFile = weightsFile;
        _fileLengths = new(StringComparer.Ordinal) { [weightsFile] = 0 };
    }

    /// <summary>Declares an input and gives back its name.</summary>
    public string Input(string name, TensorProto.Types.DataType type, params ReadOnlySpan<Dimension> shape)
    {
        Define(name);
        _graph.Input.Add(ValueInfo(name, type, shape));
        return name;
    }

    /// <summary>Makes a value an output of the graph.</summary>
    public void Output(string name, TensorProto.Types.DataType type, params ReadOnlySpan<Dimension> shape)
    {
        Require(name);
        _graph.Output.Add(ValueInfo(name, type, shape));
    }

    /// <summary>Adds a constant to a file, the weights file if none is named, and gives back its name.</summary>
    public string Initializer(string name, TensorData data, string? file = null)
    {
        Define(name);
        file ??= _weightsFile;
        var offset = AlignUp(_fileLengths.GetValueOrDefault(file), data.Length >= LargeLength ? LargeAlignment : Alignment);
        _fileLengths[file] = checked(offset + data.Length);
        _tensors.Add(new ExternalTensor(name, file, offset, data));

        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)data.ElementType,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.AddRange(data.Shape);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = file });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString(CultureInfo.InvariantCulture) });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = data.Length.ToString(CultureInfo.InvariantCulture) });
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>Adds a single number, kept in the model itself, and gives back its name.</summary>
    public string Scalar(string name, byte value)
    {
        Define(name);
        _graph.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Uint8,
            RawData = ByteString.CopyFrom(value),
        });
        return name;
    }

    /// <summary>Adds a product with a number, and gives back its name, which is the node's.</summary>
    public string Multiply(string name, string input, float factor)
    {
        var constant = name + ".factor";
        Define(constant);
        _graph.Initializer.Add(new TensorProto
        {
            Name = constant,
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = ByteString.CopyFrom(BitConverter.GetBytes(factor)),
        });
        return Node(name, Operator.Mul, [input, constant]);
    }

    /// <summary>Adds a node with one output, which has the node's name, and gives back that name.</summary>
    public string Node(string name, Operator op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        Node(name, op, inputs, [name], attributes);
        return name;
    }

    /// <summary>Adds a node. An empty name among the inputs or outputs is an optional value left out.</summary>
    public void Node(
        string name, Operator op, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { Name = name, OpType = op.Type, Domain = op.Domain };
        foreach (var input in inputs)
        {
            Require(input);
            node.Input.Add(input);
        }
        foreach (var output in outputs)
        {
            Define(output);
            node.Output.Add(output);
        }
        node.Attribute.AddRange(attributes.ToArray());
        _domains.Add(op.Domain);
        _graph.Node.Add(node);
    }

    /// <summary>Says what shape a value has, where ONNX Runtime cannot infer it: behind our operators.</summary>
    public void Describe(string value, TensorProto.Types.DataType type, params ReadOnlySpan<Dimension> shape)
    {
        Require(value);
        _graph.ValueInfo.Add(ValueInfo(value, type, shape));
    }

    /// <summary>The graph as it is now.</summary>
    /// <param name="producerVersion">Version of the code that wrote the graph.</param>
    public EmittedGraph Build(int producerVersion)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "Inference",
            ProducerVersion = producerVersion.ToString(CultureInfo.InvariantCulture),
            Graph = _graph.Clone(),
        };
        foreach (var domain in _domains)
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = VersionOf(domain) });
        }
        return new EmittedGraph(
            model, _tensors.ToImmutable(), [.. _fileLengths.Select(file => new ExternalFile(file.Key, file.Value))]);
    }

    private static int VersionOf(string domain) => domain switch
    {
        "" => OnnxVersion,
        GraphContract.Domain => GraphContract.DomainVersion,
        _ => 1,
    };

    private static ValueInfoProto ValueInfo(string name, TensorProto.Types.DataType type, ReadOnlySpan<Dimension> shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = new TensorShapeProto() };
        foreach (var dimension in shape)
        {
            tensor.Shape.Dim.Add(dimension.ToProto());
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static long AlignUp(long offset, int alignment) => checked(offset + alignment - 1) / alignment * alignment;

    private void Define(string value)
    {
        if (value.Length > 0 && !_values.Add(value))
        {
            throw new ArgumentException($"value '{value}' is defined twice");
        }
    }

    private void Require(string value)
    {
        if (value.Length > 0 && !_values.Contains(value))
        {
            throw new ArgumentException($"value '{value}' is used before it is defined");
        }
    }
}

using Google.Protobuf;
using Inference.Models.Checkpoints;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Onnx;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.GenAi;

/// <summary>
/// Turns a package's graph for padded batches, [batch, length, ...], into one for packed sequences: (1) all tokens of a step become a
/// batch of one, which no operator but attention can tell from the packed row that they are; (2) GroupQueryAttention becomes
/// <see cref="GraphContract.PagedAttention"/> over the cache of <see cref="GraphContract"/>; (3) before the head stay only the rows whose
/// logits are wanted. Weights stay where they are.
/// </summary>
internal sealed class PagedRewriter
{
    private static readonly string Rows = GraphEdit.NameOf("head.rows");

    private static readonly string AllLogits = GraphEdit.NameOf("logits");

    private readonly ModelProto _model;
    private readonly GraphProto _graph;
    private readonly GenAiConfig _config;
    private readonly string _path;
    private readonly GraphEdit _edit;
    private readonly RotaryTables _tables;
    private readonly int _maxLength;

    private PagedRewriter(ModelProto model, GenAiConfig config, string path, int? maxLength)
    {
        (_model, _graph, _config, _path) = (model, model.Graph, config, path);
        _maxLength = Math.Min(config.Shape.MaxPositions, maxLength ?? int.MaxValue);
        new LengthChoice(_graph, config.Names.AttentionMask, _maxLength).Resolve();
        _edit = new GraphEdit(_graph, path);
        _tables = new RotaryTables(_edit, _maxLength, config.Shape.HeadSize / 2);
    }

    /// <param name="model">Is changed.</param>
    /// <param name="config">What belongs to it.</param>
    /// <param name="path">Of the graph's file, for messages.</param>
    /// <param name="maxLength">See <see cref="GenAiPackage.Rewrite"/>.</param>
    /// <exception cref="ModelFormatException">The graph has something that cannot be rewritten.</exception>
    public static PagedPackage Rewrite(ModelProto model, GenAiConfig config, string path, int? maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength ?? 1, 1);
        return new PagedRewriter(model, config, path, maxLength).Rewrite();
    }

    private PagedPackage Rewrite()
    {
        Check();
        Begin();
        var head = FindHead();
        var layers = new HashSet<int>();
        foreach (var node in _graph.Node.ToList())
        {
            if (PackageOperators.IsGroupQueryAttention(node))
            {
                var attention = new AttentionNode(node, _config, _path);
                _ = layers.Add(attention.Layer) ? true : throw attention.Error($"is the second one of layer {attention.Layer}");
                Attend(attention);
                continue;
            }

            _edit.Keep(node);
            if (node.Output.Contains(head))
            {
                GatherRows(head);
            }
        }

        if (layers.Count != _config.Shape.LayerCount)
        {
            throw Error($"has {layers.Count} GroupQueryAttention nodes, but num_hidden_layers is {_config.Shape.LayerCount}; --executor genai may run it");
        }

        Declare();
        _edit.Finish(name => Error($"wants the input '{OneLine.Shorten(name)}', which the paged engine does not have (--executor genai may run it)"));
        return new PagedPackage(
            _model.ToByteArray(), Path.GetDirectoryName(_path)!, _config.Shape with { MaxPositions = Math.Min(_maxLength, _tables.Positions) });
    }

    private void Check()
    {
        if (_graph.Node.FirstOrDefault(PackageOperators.IsPagedAttention) is not null)
        {
            throw Error("has a paged cache of its own, which needs a CUDA device");
        }

        if (_graph.Node.FirstOrDefault(PackageOperators.IsOtherAttention) is { } other)
        {
            throw Error($"has the operator {OneLine.Shorten(other.OpType)}, which the paged engine cannot run (--executor genai can)");
        }

        var logits = _graph.Output.FirstOrDefault(output => output.Name == _config.Names.Logits)
            ?? throw Error($"has no output '{OneLine.Shorten(_config.Names.Logits)}'");
        if (logits.Type?.TensorType?.ElemType != (int)DataType.Float)
        {
            throw Error("gives logits in other numbers than float32, which the paged engine cannot run on a CPU (--executor genai can)");
        }
    }

    /// <summary>The package's inputs, made of the step's.</summary>
    private void Begin()
    {
        var zero = _edit.Integers("axis", 0);
        var tokens = GraphEdit.NameOf("tokens");
        _edit.Rename(_config.Names.InputIds, tokens);
        _edit.Add(Operator.Unsqueeze, tokens, [GraphContract.InputIds, zero]);

        var positions = GraphEdit.NameOf("positions");
        _edit.Rename(_config.Names.PositionIds, positions);
        _edit.Add(
            Operator.PositionIds,
            positions + ".packed",
            [GraphContract.InputIds, GraphContract.CumulativeSequenceLengths, GraphContract.PastSequenceLengths]);
        _edit.Add(Operator.Unsqueeze, positions, [positions + ".packed", zero]);
    }

    private void Attend(AttentionNode attention)
    {
        var (heads, kvHeads, headSize) = (_config.HeadCount, _config.Shape.KvHeadCount, _config.Shape.HeadSize);
        var name = GraphEdit.NameOf($"attention.{attention.Layer}");
        var tables = _tables.Of(attention);
        var qkv = name + ".qkv";
        if (attention.Key.Length == 0 && tables.PairsAreHalves)
        {
            _edit.Add(Operator.Reshape, qkv, [attention.Query, _edit.Integers("qkv_shape", -1, (heads + 2L * kvHeads) * headSize)]);
        }
        else
        {
            _edit.Add(
                Operator.PackHeads,
                qkv,
                attention.Key.Length == 0 ? [attention.Query] : [attention.Query, attention.Key, attention.Value],
                OnnxAttribute.Int(GraphContract.NumHeads, heads),
                OnnxAttribute.Int(GraphContract.KvNumHeads, kvHeads),
                OnnxAttribute.Int(GraphContract.RotaryPairs, tables.Pairs),
                OnnxAttribute.Int(GraphContract.RotaryInterleaved, tables.IsInterleaved ? 1 : 0));
        }

        string[] inputs =
        [
            qkv, GraphContract.KeyCache(attention.Layer), GraphContract.ValueCache(attention.Layer),
            GraphContract.BlockTable, GraphContract.CumulativeSequenceLengths, GraphContract.PastSequenceLengths,
            tables.Cos, tables.Sin,
            .. attention.Sinks.Length > 0 ? (string[])["", attention.Sinks] : [],
        ];
        _edit.Add(
            Operator.PagedAttention,
            name,
            inputs,
            OnnxAttribute.Int(GraphContract.NumHeads, heads),
            OnnxAttribute.Int(GraphContract.KvNumHeads, kvHeads),
            OnnxAttribute.Float(GraphContract.Scale, attention.Scale),
            OnnxAttribute.Int(GraphContract.Window, attention.Window),
            OnnxAttribute.Float(GraphContract.Softcap, attention.Softcap));
        _edit.Add(Operator.Unsqueeze, attention.Output, [name, _edit.Integers("axis", 0)]);
    }

    /// <summary>
    /// The value that the head's product takes, looked for from the logits backwards through functions of single elements; the product
    /// will take rows of it. If there is something else between, rows are taken of all logits.
    /// </summary>
    private string FindHead()
    {
        _edit.Rename(_config.Names.Logits, GraphContract.Logits);
        var value = GraphContract.Logits;
        while (_edit.ProducerOf(value) is { } node)
        {
            var inputs = node.Input.Where(input => input.Length > 0 && !_edit.IsConstant(input)).ToList();
            if (PackageOperators.IsProduct(node) && inputs.Count == 1 && inputs[0] == node.Input[0])
            {
                node.Input[0] = Rows;
                return inputs[0];
            }

            if (!PackageOperators.IsElementwise(node) || inputs.Count != 1 || node.Input.Any(input => _edit.RankOf(input) > 1))
            {
                break;
            }

            value = inputs[0];
        }

        _edit.Rename(GraphContract.Logits, AllLogits);
        return AllLogits;
    }

    private void GatherRows(string head)
    {
        var packed = GraphEdit.NameOf("head.packed");
        _edit.Add(Operator.Squeeze, packed, [head, _edit.Integers("axis", 0)]);
        _edit.Add(Operator.Gather, head == AllLogits ? GraphContract.Logits : Rows, [packed, GraphContract.LogitsIndices]);
    }

    private void Declare()
    {
        var inputs = new GraphBuilder("", "");
        StepInputs.Declare(inputs);
        var shape = _config.Shape;
        for (var layer = 0; layer < shape.LayerCount; layer++)
        {
            inputs.Input(GraphContract.KeyCache(layer), DataType.Float, "num_blocks", shape.KvHeadCount, shape.HeadSize, "block_size");
            inputs.Input(GraphContract.ValueCache(layer), DataType.Float, "num_blocks", shape.KvHeadCount, "block_size", shape.HeadSize);
        }

        _graph.Input.Clear();
        _graph.Input.AddRange(inputs.Build(0).Model.Graph.Input);
        var logits = _graph.Output.First(output => output.Name == _config.Names.Logits);
        logits.Name = GraphContract.Logits;
        logits.Type.TensorType.Shape = null;
        _graph.Output.Clear();
        _graph.Output.Add(logits);
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = GraphContract.Domain, Version = GraphContract.DomainVersion });
    }

    private ModelFormatException Error(string what) => new($"{_path}: {what}");
}

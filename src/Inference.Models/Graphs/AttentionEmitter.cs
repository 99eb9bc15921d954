using System.Collections.Immutable;
using Inference.Models.Conversion;
using Inference.Models.Graphs.Int8;
using Inference.Models.Graphs.Onnx;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs;

/// <summary>Emits what depends on the numbers of the KV cache: the graph's inputs that hold it, and attention over it.</summary>
internal sealed class AttentionEmitter
{
    private readonly GraphBuilder _graph;
    private readonly AttentionSpec _spec;
    private readonly KvCacheDType _cache;
    private readonly ImmutableArray<string> _rotaryTables;

    /// <summary>Declares the cache of every layer, and adds the rotary tables.</summary>
    public AttentionEmitter(GraphBuilder graph, DecoderSpec spec, KvCacheDType cache)
    {
        (_graph, _spec, _cache) = (graph, spec.Attention, cache);
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            DeclareCache(layer);
        }

        _rotaryTables = RotaryTable.Emit(graph, spec);
    }

    /// <summary>Attention from floats to floats, over either cache; the output has the node's name.</summary>
    /// <param name="layer">Whose cache.</param>
    /// <param name="name">Of the node.</param>
    /// <param name="qkv">FLOAT [rows, (heads + 2 * kv heads) * head size].</param>
    public string Emit(int layer, string name, string qkv)
    {
        var op = _cache == KvCacheDType.Int8 ? Operator.PagedAttentionInt8Cache : Operator.PagedAttention;
        return _graph.Node(name, op, [qkv, .. Inputs(layer)], Attributes());
    }

    /// <summary>Attention from accumulators to 8-bit rows, over a cache in 8 bits.</summary>
    public QuantizedRows Emit(int layer, string name, Accumulators qkv)
    {
        var attended = new QuantizedRows(name, name + ".scales");
        _graph.Node(
            name,
            Operator.PagedAttentionInt8,
            [qkv.Name, qkv.RowScales, qkv.ColumnScales, .. Inputs(layer)],
            [attended.Name, attended.Scales],
            Attributes());
        return attended;
    }

    private void DeclareCache(int layer)
    {
        var (kvHeads, headSize) = (_spec.KvHeadCount, _spec.HeadSize);
        if (_cache == KvCacheDType.Int8)
        {
            _graph.Input(GraphContract.KeyCache(layer), DataType.Int8, "num_blocks", kvHeads, headSize / 2, "block_size", 2);
            _graph.Input(GraphContract.ValueCache(layer), DataType.Int8, "num_blocks", kvHeads, "block_size", headSize);
            _graph.Input(GraphContract.KeyScaleCache(layer), DataType.Float, "num_blocks", kvHeads, "block_size");
            _graph.Input(GraphContract.ValueScaleCache(layer), DataType.Float, "num_blocks", kvHeads, "block_size");
        }
        else
        {
            _graph.Input(GraphContract.KeyCache(layer), DataType.Float, "num_blocks", kvHeads, headSize, "block_size");
            _graph.Input(GraphContract.ValueCache(layer), DataType.Float, "num_blocks", kvHeads, "block_size", headSize);
        }
    }

    /// <summary>What all attention operators take after the projections, in their order.</summary>
    private ImmutableArray<string> Inputs(int layer) =>
    [
        GraphContract.KeyCache(layer), GraphContract.ValueCache(layer),
        .. Scales(layer),
        GraphContract.BlockTable, GraphContract.CumulativeSequenceLengths, GraphContract.PastSequenceLengths,
        .. _rotaryTables,
    ];

    private ImmutableArray<string> Scales(int layer) =>
        _cache == KvCacheDType.Int8 ? [GraphContract.KeyScaleCache(layer), GraphContract.ValueScaleCache(layer)] : [];

    private AttributeProto[] Attributes() =>
    [
        OnnxAttribute.Int(GraphContract.NumHeads, _spec.HeadCount),
        OnnxAttribute.Int(GraphContract.KvNumHeads, _spec.KvHeadCount),
        OnnxAttribute.Float(GraphContract.Scale, _spec.Scale),
    ];
}

using System.Collections.Immutable;
using System.Globalization;
using Inference.Models.Conversion;
using Inference.Models.Graphs.Int8;
using Inference.Models.Graphs.Onnx;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs;

/// <summary>Emits what depends on the numbers of the KV cache: the graph's inputs that hold it, and attention over it.</summary>
internal sealed class AttentionEmitter
{
    private readonly GraphBuilder _graph;
    private readonly WeightInitializers _weights;
    private readonly DecoderSpec _decoder;
    private readonly AttentionSpec _spec;
    private readonly KvCacheDType _cache;
    private readonly ImmutableArray<ImmutableArray<string>> _rotaryTables;
    private readonly string? _slopes;

    /// <summary>Declares the cache of every layer, and adds the tables that layers share.</summary>
    public AttentionEmitter(GraphBuilder graph, WeightInitializers weights, DecoderSpec spec, KvCacheDType cache)
    {
        (_graph, _weights, _decoder, _spec, _cache) = (graph, weights, spec, spec.Attention, cache);
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            DeclareCache(layer);
        }

        _rotaryTables = EmitRotaryTables();
        _slopes = _spec.Alibi is { } alibi ? graph.Initializer("alibi_slopes", new AlibiSlopes(alibi, _spec.HeadCount)) : null;
    }

    /// <summary>Attention from floats to floats, over either cache; the output has the node's name.</summary>
    /// <param name="layer">Whose cache.</param>
    /// <param name="name">Of the node.</param>
    /// <param name="qkv">FLOAT [rows, (heads + 2 * kv heads) * head size].</param>
    public string Emit(int layer, string name, string qkv)
    {
        qkv = NormQueriesAndKeys(layer, name, qkv);
        return _cache == KvCacheDType.Int8
            ? _graph.Node(name, Operator.PagedAttentionInt8Cache, [qkv, .. Inputs(layer)], Attributes())
            : _graph.Node(
                name,
                Operator.PagedAttention,
                [qkv, .. Inputs(layer), .. _slopes is null ? Array.Empty<string>() : [_slopes]],
                [
                    .. Attributes(),
                    OnnxAttribute.Int(GraphContract.Window, _decoder.AttentionOf(layer).Window),
                    OnnxAttribute.Float(GraphContract.Softcap, _spec.Softcap),
                ]);
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

    private string NormQueriesAndKeys(int layer, string name, string qkv)
    {
        if (_spec.QkNorm == QkNorm.None)
        {
            return qkv;
        }

        var (queryHeads, keyHeads) = _spec.QkNorm == QkNorm.AllHeads ? (_spec.HeadCount, _spec.KvHeadCount) : (1, 1);
        return _graph.Node(
            name + ".qk_norm",
            Operator.QueryKeyNorm,
            [
                qkv,
                _weights.Vector(WeightNames.QueryNorm(layer), (long)queryHeads * _spec.HeadSize),
                _weights.Vector(WeightNames.KeyNorm(layer), (long)keyHeads * _spec.HeadSize),
            ],
            OnnxAttribute.Int(GraphContract.NumHeads, _spec.HeadCount),
            OnnxAttribute.Int(GraphContract.KvNumHeads, _spec.KvHeadCount),
            OnnxAttribute.Float(GraphContract.Epsilon, _decoder.NormEpsilon));
    }

    /// <summary>Each layer's tables; layers that turn alike share theirs.</summary>
    private ImmutableArray<ImmutableArray<string>> EmitRotaryTables()
    {
        var layers = Enumerable.Range(0, _decoder.LayerCount).Select(_decoder.AttentionOf).ToArray();
        var kinds = layers.Select(layer => layer.Rotary).Distinct().ToList();
        ImmutableArray<string>[] tables =
        [
            .. kinds.Select((kind, i) => RotaryTable.Emit(
                _graph, _decoder.MaxPositions, _spec with { Rotary = kind }, i == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"_{i}"))),
        ];
        return [.. layers.Select(layer => tables[kinds.IndexOf(layer.Rotary)])];
    }

    private void DeclareCache(int layer)
    {
        var (kvHeads, headSize) = (_spec.KvHeadCount, _spec.HeadSize);
        if (_cache == KvCacheDType.Int8)
        {
            _graph.Input(GraphContract.KeyCache(layer), DataType.Uint8, "num_blocks", kvHeads, headSize / 4, "block_size", 4);
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
        .. _rotaryTables[layer],
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

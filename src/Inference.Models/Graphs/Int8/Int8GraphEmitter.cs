using System.Collections.Immutable;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Rotation;

namespace Inference.Models.Graphs.Int8;

/// <summary>
/// Emits the graph of a decoder in 8 bits, in the contract of <see cref="GraphContract"/>, with <see cref="RotatedWeights"/>. The fused
/// form has eight nodes a layer, of which four are products: what lies between two products (scaling, norms, activations, rotations,
/// quantising) is one operator, so that each row is read and written once. Attention with biases, or over a cache of floats, takes three
/// nodes in its place. A decoder that the fused form does not fit gets the graph of <see cref="DecoderGraphEmitter"/>, with products in
/// 8 bits.
/// </summary>
internal sealed class Int8GraphEmitter
{
    /// <summary>The fused operators work on whole vectors of so many elements.</summary>
    private const int WidthMultiple = 16;

    private readonly DecoderSpec _spec;
    private readonly GraphBuilder _graph;
    private readonly RotatedWeights _weights;
    private readonly Int8LinearEmitter _linear;
    private readonly KvCacheDType _cache;

    private Int8GraphEmitter(DecoderSpec spec, RotatedWeights weights, string weightsFile, string headScalesFile, KvCacheDType cache)
    {
        _spec = spec;
        _graph = new GraphBuilder(spec.ModelType, weightsFile);
        _weights = weights;
        _linear = new Int8LinearEmitter(_graph, _weights, headScalesFile);
        _cache = cache;
    }

    /// <summary>Plans the whole graph; reads shapes, but no weights.</summary>
    /// <param name="spec">What the model computes; <see cref="Int8Support"/> holds for it.</param>
    /// <param name="weights">The original weights; read later, when the files are written.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    /// <param name="headScalesFile">The path of the file that holds nothing but the head's scales, FLOAT [vocabulary].</param>
    /// <param name="cache">In which numbers keys and values are kept.</param>
    /// <param name="takesAdapters">Whether adapters can change its projections: they take and give floats, which only the general form has.</param>
    /// <exception cref="ModelFormatException">A weight is missing or has another shape.</exception>
    public static EmittedGraph Emit(
        DecoderSpec spec,
        WeightSource weights,
        string weightsFile,
        string headScalesFile,
        KvCacheDType cache = KvCacheDType.Int8,
        bool takesAdapters = false)
    {
        foreach (var (name, shape) in RequiredWeights.Of(spec))
        {
            RequiredWeights.Check(weights, name, shape);
        }

        var rotated = new RotatedWeights(spec, weights);
        return Fits(spec) && !takesAdapters
            ? new Int8GraphEmitter(spec, rotated, weightsFile, headScalesFile, cache).Emit()
            : DecoderGraphEmitter.EmitInt8(spec, rotated, weightsFile, headScalesFile, cache, takesAdapters);
    }

    /// <summary>Whether the fused form can express a decoder.</summary>
    private static bool Fits(DecoderSpec spec) =>
        !spec.Attention.HasOutputBias && !spec.Mlp.HasBias
        && spec.HiddenSize % WidthMultiple == 0 && spec.Mlp.IntermediateSize % WidthMultiple == 0;

    private EmittedGraph Emit()
    {
        StepInputs.Declare(_graph);
        var attention = new AttentionEmitter(_graph, new WeightInitializers(_graph, _weights), _spec, _cache);
        var stream = Embed();
        for (var index = 0; index < _spec.LayerCount; index++)
        {
            var layer = new Projections(_spec, index);
            if (index > 0)
            {
                stream = AddAndNorm(layer.Name + ".input_layernorm", stream);
            }

            stream = stream with { Branch = _linear.Emit(Attend(layer, stream.Normed, attention), layer.Output) };
            stream = AddAndNorm(layer.Name + ".post_attention_layernorm", stream);
            stream = stream with { Branch = _linear.Emit(Activate(layer, stream.Normed), layer.Down) };
        }

        Head(stream);
        return _graph.Build(DecoderGraphEmitter.Version);
    }

    private ResidualStream Embed()
    {
        ImmutableArray<WeightPart> parts = [new(WeightNames.Embedding, _spec.VocabularySize)];
        var matrix = new QuantizedMatrix(_weights, parts, _spec.HiddenSize, transpose: false);
        var embedding = _graph.Initializer(WeightNames.Embedding, matrix.Values);
        var scales = _graph.Initializer(WeightNames.Embedding + "_scales", matrix.Scales);
        return Norm("model.embed_tokens", Operator.EmbedNormQuantize, [GraphContract.InputIds, embedding, scales]);
    }

    private QuantizedRows Attend(Projections layer, QuantizedRows input, AttentionEmitter attention)
    {
        var qkv = _linear.Emit(input, layer.Qkv);
        if (_cache == KvCacheDType.Int8 && _spec.Attention is { HasQkvBias: false, QkNorm: QkNorm.None })
        {
            return attention.Emit(layer.Layer, layer.Attention, qkv);
        }

        var attended = attention.Emit(layer.Layer, layer.Attention, _linear.Dequantize(qkv, layer.Qkv));
        return _linear.Quantize(attended, layer.Output);
    }

    private QuantizedRows Activate(Projections layer, QuantizedRows input)
    {
        var gateUp = _linear.Emit(input, layer.GateUp);
        var activated = new QuantizedRows(layer.Activation, layer.Activation + ".scales");
        _graph.Node(
            activated.Name,
            Operator.SwiGluQuantize,
            [gateUp.Name, gateUp.RowScales, gateUp.ColumnScales],
            [activated.Name, activated.Scales],
            OnnxAttribute.Int(GraphContract.Hadamard, _weights.Blocks.Mlp));
        return activated;
    }

    private void Head(ResidualStream stream)
    {
        var normed = new QuantizedRows("model.norm", GraphContract.LogitsScales);
        _graph.Node(
            normed.Name,
            Operator.GatherAddNormQuantize,
            [.. stream.Addends(), GraphContract.LogitsIndices],
            [normed.Name, normed.Scales],
            OnnxAttribute.Float(GraphContract.Epsilon, _spec.NormEpsilon));
        _linear.EmitHead(normed, _spec);
    }

    private ResidualStream AddAndNorm(string name, ResidualStream stream) => Norm(name, Operator.AddNormQuantize, stream.Addends());

    /// <summary>Emits an operator that gives a residual, and its norm in 8 bits.</summary>
    private ResidualStream Norm(string name, Operator op, ImmutableArray<string> inputs)
    {
        var (residual, normed) = (name + ".residual", new QuantizedRows(name, name + ".scales"));
        _graph.Node(
            name,
            op,
            inputs.AsSpan(),
            [residual, normed.Name, normed.Scales],
            OnnxAttribute.Float(GraphContract.Epsilon, _spec.NormEpsilon));
        return new ResidualStream(residual, normed, default);
    }

    /// <summary>The hidden state on its way through the layers.</summary>
    /// <param name="Residual">FLOAT [rows, hidden], the sum so far.</param>
    /// <param name="Normed">Its norm.</param>
    /// <param name="Branch">The output of the last block, still to be added.</param>
    private readonly record struct ResidualStream(string Residual, QuantizedRows Normed, Accumulators Branch)
    {
        /// <summary>What the operators that add and norm take, in their order.</summary>
        public ImmutableArray<string> Addends() => [Residual, Branch.Name, Branch.RowScales, Branch.ColumnScales];
    }
}

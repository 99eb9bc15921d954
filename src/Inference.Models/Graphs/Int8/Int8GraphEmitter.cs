using System.Collections.Immutable;
using System.Globalization;
using Inference.Models.Checkpoints;
using Inference.Models.Rotation;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs.Int8;

/// <summary>
/// Emits the graph of a decoder in 8 bits, in the contract of <see cref="GraphContract"/>, with <see cref="RotatedWeights"/>: eight nodes a
/// layer, of which four are products. What lies between two products (scaling, norms, activations, rotations, quantising) is one operator,
/// so that each row is read and written once.
/// </summary>
internal sealed class Int8GraphEmitter
{
    /// <summary>As <see cref="DecoderGraphEmitter.Version"/>, for what is emitted in 8 bits.</summary>
    public const int Version = 1;

    private readonly DecoderSpec _spec;
    private readonly GraphBuilder _graph;
    private readonly RotatedWeights _weights;
    private readonly Int8LinearEmitter _linear;
    private readonly string _headScalesFile;

    private Int8GraphEmitter(DecoderSpec spec, RotatedWeights weights, string weightsFile, string headScalesFile)
    {
        _spec = spec;
        _graph = new GraphBuilder(spec.ModelType, weightsFile);
        _weights = weights;
        _linear = new Int8LinearEmitter(_graph, _weights);
        _headScalesFile = headScalesFile;
    }

    /// <summary>Plans the whole graph; reads shapes, but no weights.</summary>
    /// <param name="spec">What the model computes; <see cref="Conversion.Int8Support"/> holds for it.</param>
    /// <param name="weights">The original weights; read later, when the files are written.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    /// <param name="headScalesFile">The path of the file that holds nothing but the head's scales, FLOAT [vocabulary].</param>
    /// <exception cref="ModelFormatException">A weight is missing or has another shape.</exception>
    public static EmittedGraph Emit(DecoderSpec spec, WeightSource weights, string weightsFile, string headScalesFile)
    {
        foreach (var (name, shape) in RequiredWeights.Of(spec))
        {
            RequiredWeights.Check(weights, name, shape);
        }

        return new Int8GraphEmitter(spec, new RotatedWeights(spec, weights), weightsFile, headScalesFile).Emit();
    }

    private EmittedGraph Emit()
    {
        DeclareInputs();
        var rotaryTables = RotaryTable.Emit(_graph, _spec);
        var stream = Embed();
        for (var layer = 0; layer < _spec.LayerCount; layer++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}");
            if (layer > 0)
            {
                stream = AddAndNorm(name + ".input_layernorm", stream);
            }

            stream = stream with { Branch = Attention(layer, name + ".self_attn", stream.Normed, rotaryTables) };
            stream = AddAndNorm(name + ".post_attention_layernorm", stream);
            stream = stream with { Branch = Mlp(layer, name + ".mlp", stream.Normed) };
        }

        Head(stream);
        return _graph.Build(Version);
    }

    private void DeclareInputs()
    {
        StepInputs.Declare(_graph);
        var (kvHeads, headSize) = (_spec.Attention.KvHeadCount, _spec.Attention.HeadSize);
        for (var layer = 0; layer < _spec.LayerCount; layer++)
        {
            _graph.Input(GraphContract.KeyCache(layer), DataType.Int8, "num_blocks", kvHeads, headSize / 2, "block_size", 2);
            _graph.Input(GraphContract.ValueCache(layer), DataType.Int8, "num_blocks", kvHeads, "block_size", headSize);
            _graph.Input(GraphContract.KeyScaleCache(layer), DataType.Float, "num_blocks", kvHeads, "block_size");
            _graph.Input(GraphContract.ValueScaleCache(layer), DataType.Float, "num_blocks", kvHeads, "block_size");
        }
    }

    private ResidualStream Embed()
    {
        ImmutableArray<WeightPart> parts = [new(WeightNames.Embedding, _spec.VocabularySize)];
        var matrix = new QuantizedMatrix(_weights, parts, _spec.HiddenSize, transpose: false);
        var embedding = _graph.Initializer(WeightNames.Embedding, matrix.Values);
        var scales = _graph.Initializer(WeightNames.Embedding + "_scales", matrix.Scales);
        return Norm("model.embed_tokens", Operator.EmbedNormQuantize, [GraphContract.InputIds, embedding, scales]);
    }

    private Accumulators Attention(int layer, string name, QuantizedRows input, ImmutableArray<string> rotaryTables)
    {
        var attention = _spec.Attention;
        var queryWidth = attention.HeadCount * attention.HeadSize;
        var kvWidth = attention.KvHeadCount * attention.HeadSize;
        var qkv = _linear.Emit(input, new LinearLayer(
            name + ".qkv_proj",
            _spec.HiddenSize,
            [new(WeightNames.Query(layer), queryWidth), new(WeightNames.Key(layer), kvWidth), new(WeightNames.Value(layer), kvWidth)],
            HasBias: false));
        var attended = new QuantizedRows(name, name + ".scales");
        _graph.Node(
            name,
            Operator.PagedAttentionInt8,
            [
                qkv.Name, qkv.RowScales, qkv.ColumnScales,
                GraphContract.KeyCache(layer), GraphContract.ValueCache(layer),
                GraphContract.KeyScaleCache(layer), GraphContract.ValueScaleCache(layer),
                GraphContract.BlockTable, GraphContract.CumulativeSequenceLengths, GraphContract.PastSequenceLengths,
                .. rotaryTables,
            ],
            [attended.Name, attended.Scales],
            OnnxAttribute.Int(GraphContract.NumHeads, attention.HeadCount),
            OnnxAttribute.Int(GraphContract.KvNumHeads, attention.KvHeadCount),
            OnnxAttribute.Float(GraphContract.Scale, attention.Scale));
        return _linear.Emit(attended, new LinearLayer(
            name + ".o_proj", queryWidth, [new(WeightNames.Output(layer), _spec.HiddenSize)], HasBias: false));
    }

    private Accumulators Mlp(int layer, string name, QuantizedRows input)
    {
        var width = _spec.Mlp.IntermediateSize;
        var gateUp = _linear.Emit(input, new LinearLayer(
            name + ".gate_up_proj",
            _spec.HiddenSize,
            [new(WeightNames.Gate(layer), width), new(WeightNames.Up(layer), width)],
            HasBias: false));
        var activated = new QuantizedRows(name + ".act_fn", name + ".act_fn.scales");
        _graph.Node(
            activated.Name,
            Operator.SwiGluQuantize,
            [gateUp.Name, gateUp.RowScales, gateUp.ColumnScales],
            [activated.Name, activated.Scales],
            OnnxAttribute.Int(GraphContract.Hadamard, _weights.Blocks.Mlp));
        return _linear.Emit(activated, new LinearLayer(
            name + ".down_proj", width, [new(WeightNames.Down(layer), _spec.HiddenSize)], HasBias: false));
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
        var logits = _linear.Emit(
            normed,
            new LinearLayer(
                GraphContract.LogitsAccumulators, _spec.HiddenSize, [new(WeightNames.Head, _spec.VocabularySize)], HasBias: false),
            _headScalesFile);
        _graph.Node(GraphContract.LogitsArgMax, Operator.ArgMaxRows, [logits.Name, logits.ColumnScales]);
        _graph.Output(GraphContract.LogitsAccumulators, DataType.Int32, "num_logits", _spec.VocabularySize);
        _graph.Output(GraphContract.LogitsScales, DataType.Float, "num_logits");
        _graph.Output(GraphContract.LogitsArgMax, DataType.Int32, "num_logits");
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

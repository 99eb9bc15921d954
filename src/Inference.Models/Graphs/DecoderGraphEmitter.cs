using System.Collections.Immutable;
using System.Globalization;
using Inference.Models.Checkpoints;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs;

/// <summary>
/// Emits the graph of a decoder from its spec, in the contract of <see cref="GraphContract"/>: (1) embed the tokens; (2) in every layer
/// norm, attend, add and norm, MLP; (3) gather the rows whose logits are wanted before the last norm, so that the head, the largest matrix,
/// sees only those. Additions ride along with the norm that follows them.
/// </summary>
internal sealed class DecoderGraphEmitter
{
    /// <summary>
    /// Counts the changes of what is emitted for the same checkpoint, those of the weights' readers included: a model converted by another
    /// version is not used.
    /// </summary>
    public const int Version = 1;

    private readonly DecoderSpec _spec;
    private readonly GraphBuilder _graph;
    private readonly WeightInitializers _weights;
    private readonly LinearEmitter _linear;

    private DecoderGraphEmitter(DecoderSpec spec, WeightSource weights, string weightsFile)
    {
        _spec = spec;
        _graph = new GraphBuilder(spec.ModelType, weightsFile);
        _weights = new WeightInitializers(_graph, weights);
        _linear = new LinearEmitter(_graph, _weights);
    }

    /// <summary>Plans the whole graph; reads shapes, but no weights.</summary>
    /// <param name="spec">What the model computes; is within <see cref="SpecLimits"/>.</param>
    /// <param name="weights">Read later, when the weights file is written.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    /// <exception cref="ModelFormatException">A weight is missing or has another shape.</exception>
    public static EmittedGraph Emit(DecoderSpec spec, WeightSource weights, string weightsFile) =>
        new DecoderGraphEmitter(spec, weights, weightsFile).Emit();

    private EmittedGraph Emit()
    {
        DeclareInputs();
        var embedding = _weights.Matrix(WeightNames.Embedding, _spec.VocabularySize, _spec.HiddenSize);
        var rotaryTables = RotaryTable.Emit(_graph, _spec);

        var embedded = _graph.Node("model.embed_tokens", Operator.Gather, [embedding, GraphContract.InputIds]);
        var stream = new ResidualStream(embedded, Branch: null);
        for (var layer = 0; layer < _spec.LayerCount; layer++)
        {
            stream = Layer(layer, stream, rotaryTables);
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
            _graph.Input(GraphContract.KeyCache(layer), DataType.Float, "num_blocks", kvHeads, headSize, "block_size");
            _graph.Input(GraphContract.ValueCache(layer), DataType.Float, "num_blocks", kvHeads, "block_size", headSize);
        }
    }

    private ResidualStream Layer(int layer, ResidualStream stream, ImmutableArray<string> rotaryTables)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}");
        (var normed, stream) = AddAndNorm(name + ".input_layernorm", stream, WeightNames.InputNorm(layer));
        stream = stream with { Branch = Attention(layer, name + ".self_attn", normed, rotaryTables) };
        (normed, stream) = AddAndNorm(name + ".post_attention_layernorm", stream, WeightNames.PostAttentionNorm(layer));
        return stream with { Branch = Mlp(layer, name + ".mlp", normed) };
    }

    private string Attention(int layer, string name, string input, ImmutableArray<string> rotaryTables)
    {
        var attention = _spec.Attention;
        var queryWidth = attention.HeadCount * attention.HeadSize;
        var kvWidth = attention.KvHeadCount * attention.HeadSize;
        var qkv = _linear.Emit(input, new LinearLayer(
            name + ".qkv_proj",
            _spec.HiddenSize,
            [new(WeightNames.Query(layer), queryWidth), new(WeightNames.Key(layer), kvWidth), new(WeightNames.Value(layer), kvWidth)],
            attention.HasQkvBias));
        var attended = _graph.Node(
            name,
            Operator.PagedAttention,
            [
                qkv, GraphContract.KeyCache(layer), GraphContract.ValueCache(layer),
                GraphContract.BlockTable, GraphContract.CumulativeSequenceLengths, GraphContract.PastSequenceLengths,
                .. rotaryTables,
            ],
            OnnxAttribute.Int(GraphContract.NumHeads, attention.HeadCount),
            OnnxAttribute.Int(GraphContract.KvNumHeads, attention.KvHeadCount),
            OnnxAttribute.Float(GraphContract.Scale, attention.Scale));
        return _linear.Emit(attended, new LinearLayer(
            name + ".o_proj", queryWidth, [new(WeightNames.Output(layer), _spec.HiddenSize)], attention.HasOutputBias));
    }

    private string Mlp(int layer, string name, string input)
    {
        var (width, hasBias) = (_spec.Mlp.IntermediateSize, _spec.Mlp.HasBias);
        var gateUp = _linear.Emit(input, new LinearLayer(
            name + ".gate_up_proj", _spec.HiddenSize, [new(WeightNames.Gate(layer), width), new(WeightNames.Up(layer), width)], hasBias));
        var activated = _graph.Node(name + ".act_fn", Operator.SwiGlu, [gateUp]);
        return _linear.Emit(activated, new LinearLayer(
            name + ".down_proj", width, [new(WeightNames.Down(layer), _spec.HiddenSize)], hasBias));
    }

    private void Head(ResidualStream stream)
    {
        stream = new ResidualStream(
            _graph.Node("logits_residual", Operator.Gather, [stream.Residual, GraphContract.LogitsIndices]),
            _graph.Node("logits_branch", Operator.Gather, [stream.Branch!, GraphContract.LogitsIndices]));
        var (normed, _) = AddAndNorm("model.norm", stream, WeightNames.FinalNorm);
        var weight = _spec.TieWordEmbeddings ? WeightNames.Embedding : WeightNames.Head;
        var logits = _linear.Emit(normed, new LinearLayer(
            GraphContract.Logits, _spec.HiddenSize, [new(weight, _spec.VocabularySize)], HasBias: false));
        _graph.Output(logits, DataType.Float, "num_logits", _spec.VocabularySize);
    }

    /// <summary>Adds the branch to the residual, if there is one, and gives back the norm of the sum and the sum.</summary>
    private (string Normed, ResidualStream Stream) AddAndNorm(string name, ResidualStream stream, string weightName)
    {
        var weight = _weights.Vector(weightName, _spec.HiddenSize);
        var epsilon = OnnxAttribute.Float(GraphContract.Epsilon, _spec.NormEpsilon);
        if (stream.Branch is null)
        {
            return (_graph.Node(name, Operator.SimplifiedLayerNormalization, [stream.Residual, weight], epsilon), stream);
        }
        var sum = name + ".sum";
        _graph.Node(
            name, Operator.SkipSimplifiedLayerNormalization, [stream.Branch, stream.Residual, weight], [name, "", "", sum], epsilon);
        return (name, new ResidualStream(sum, Branch: null));
    }

    /// <summary>The hidden state on its way through the layers.</summary>
    /// <param name="Residual">The sum so far.</param>
    /// <param name="Branch">What is still to be added to it: the output of the last block.</param>
    private readonly record struct ResidualStream(string Residual, string? Branch);
}

using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Graphs.Int8;
using Inference.Models.Rotation;

namespace Inference.Models.Graphs;

/// <summary>
/// Emits the graph of a decoder from its spec, in the contract of <see cref="GraphContract"/>: (1) embed the tokens; (2) in every layer
/// norm, attend, add and norm, MLP; (3) gather the rows whose logits are wanted before the last norm, so that the head, the largest matrix,
/// sees only those. Additions ride along with the norm that follows them. All that lies between projections computes in single precision.
/// </summary>
internal sealed class DecoderGraphEmitter
{
    /// <summary>
    /// Counts the changes of what is emitted for the same checkpoint, in whatever numbers, those of the weights' readers included: a model
    /// converted by another version is not used.
    /// </summary>
    public const int Version = 2;

    private readonly DecoderSpec _spec;
    private readonly GraphBuilder _graph;
    private readonly WeightInitializers _weights;
    private readonly LinearEmitter _linear;
    private readonly KvCacheDType _cache;

    private DecoderGraphEmitter(
        DecoderSpec spec, GraphBuilder graph, WeightInitializers weights, LinearEmitter linear, KvCacheDType cache) =>
        (_spec, _graph, _weights, _linear, _cache) = (spec, graph, weights, linear, cache);

    /// <summary>Plans the whole graph, with projections in single precision; reads shapes, but no weights.</summary>
    /// <param name="spec">What the model computes; is within <see cref="SpecLimits"/>.</param>
    /// <param name="weights">Read later, when the weights file is written.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    /// <param name="cache">In which numbers keys and values are kept.</param>
    /// <exception cref="ModelFormatException">A weight is missing or has another shape.</exception>
    public static EmittedGraph Emit(
        DecoderSpec spec, WeightSource weights, string weightsFile, KvCacheDType cache = KvCacheDType.Float32)
    {
        var graph = new GraphBuilder(spec.ModelType, weightsFile);
        var initializers = new WeightInitializers(graph, weights);
        return new DecoderGraphEmitter(spec, graph, initializers, new FloatLinearEmitter(graph, initializers), cache).Emit();
    }

    /// <summary>As <see cref="Emit(DecoderSpec, WeightSource, string, KvCacheDType)"/>, with projections in 8 bits.</summary>
    /// <param name="spec">What the model computes.</param>
    /// <param name="weights">Read later, when the files are written.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    /// <param name="headScalesFile">The path of the file that holds nothing but the head's scales.</param>
    /// <param name="cache">In which numbers keys and values are kept.</param>
    public static EmittedGraph EmitInt8(
        DecoderSpec spec, RotatedWeights weights, string weightsFile, string headScalesFile, KvCacheDType cache)
    {
        var graph = new GraphBuilder(spec.ModelType, weightsFile);
        var linear = new GeneralLinearEmitter(new Int8LinearEmitter(graph, weights, headScalesFile));
        return new DecoderGraphEmitter(spec, graph, new WeightInitializers(graph, weights), linear, cache).Emit();
    }

    private EmittedGraph Emit()
    {
        StepInputs.Declare(_graph);
        var embedding = _weights.Matrix(WeightNames.Embedding, _spec.VocabularySize, _spec.HiddenSize);
        var attention = new AttentionEmitter(_graph, _spec, _cache);

        var embedded = _graph.Node("model.embed_tokens", Operator.Gather, [embedding, GraphContract.InputIds]);
        var stream = new ResidualStream(embedded, Branch: null);
        for (var layer = 0; layer < _spec.LayerCount; layer++)
        {
            stream = Layer(new Projections(_spec, layer), stream, attention);
        }
        Head(stream);
        return _graph.Build(Version);
    }

    private ResidualStream Layer(Projections layer, ResidualStream stream, AttentionEmitter attention)
    {
        (var normed, stream) = AddAndNorm(layer.Name + ".input_layernorm", stream, WeightNames.InputNorm(layer.Layer));
        var attended = attention.Emit(layer.Layer, layer.Attention, _linear.Emit(normed, layer.Qkv));
        stream = stream with { Branch = _linear.Emit(attended, layer.Output) };

        var norm = WeightNames.PostAttentionNorm(layer.Layer);
        (normed, stream) = AddAndNorm(layer.Name + ".post_attention_layernorm", stream, norm);
        var activated = _graph.Node(layer.Activation, Operator.SwiGlu, [_linear.Emit(normed, layer.GateUp)]);
        return stream with { Branch = _linear.Emit(activated, layer.Down) };
    }

    private void Head(ResidualStream stream)
    {
        stream = new ResidualStream(
            _graph.Node("logits_residual", Operator.Gather, [stream.Residual, GraphContract.LogitsIndices]),
            _graph.Node("logits_branch", Operator.Gather, [stream.Branch!, GraphContract.LogitsIndices]));
        var (normed, _) = AddAndNorm("model.norm", stream, WeightNames.FinalNorm);
        _linear.EmitHead(normed, _spec);
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

using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Graphs.Int8;
using Inference.Models.Lora;
using Inference.Models.Rotation;

namespace Inference.Models.Graphs;

/// <summary>
/// Emits the graph of a decoder from its spec, in the contract of <see cref="GraphContract"/>: (1) embed the tokens; (2) in every layer
/// norm, attend, add and norm, MLP, or whatever order of these the spec has; (3) gather the rows whose logits are wanted before the last norm, so that the head, the largest matrix,
/// sees only those. Additions ride along with the norm that follows them. All that lies between projections computes in single precision.
/// </summary>
internal sealed class DecoderGraphEmitter
{
    /// <summary>
    /// Counts the changes of what is emitted for the same checkpoint, in whatever numbers, those of the weights' readers included: a model
    /// converted by another version is not used.
    /// </summary>
    public const int Version = 4;

    private readonly DecoderSpec _spec;
    private readonly GraphBuilder _graph;
    private readonly WeightInitializers _weights;
    private readonly LinearEmitter _linear;
    private readonly KvCacheDType _cache;
    private readonly NormEmitter _norms;

    private DecoderGraphEmitter(
        DecoderSpec spec, GraphBuilder graph, WeightInitializers weights, LinearEmitter linear, KvCacheDType cache) =>
        (_spec, _graph, _weights, _linear, _cache, _norms) = (spec, graph, weights, linear, cache, new NormEmitter(graph, weights, spec));

    /// <summary>Plans the whole graph, with projections in single precision; reads shapes, but no weights.</summary>
    /// <param name="spec">What the model computes; is within <see cref="SpecLimits"/>.</param>
    /// <param name="weights">Read later, when the weights file is written.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    /// <param name="cache">In which numbers keys and values are kept.</param>
    /// <param name="takesAdapters">Whether adapters can change its projections.</param>
    /// <exception cref="ModelFormatException">A weight is missing or has another shape.</exception>
    public static EmittedGraph Emit(
        DecoderSpec spec, WeightSource weights, string weightsFile, KvCacheDType cache = KvCacheDType.Float32, bool takesAdapters = false)
    {
        var graph = new GraphBuilder(spec.ModelType, weightsFile);
        var initializers = new WeightInitializers(graph, weights);
        var linear = Linear(graph, spec, new FloatLinearEmitter(graph, initializers), takesAdapters);
        return new DecoderGraphEmitter(spec, graph, initializers, linear, cache).Emit();
    }

    /// <summary>As <see cref="Emit(DecoderSpec, WeightSource, string, KvCacheDType, bool)"/>, with projections in 8 bits.</summary>
    /// <param name="spec">What the model computes.</param>
    /// <param name="weights">Read later, when the files are written.</param>
    /// <param name="weightsFile">The weights file's path relative to the model's folder.</param>
    /// <param name="headScalesFile">The path of the file that holds nothing but the head's scales.</param>
    /// <param name="cache">In which numbers keys and values are kept.</param>
    /// <param name="takesAdapters">Whether adapters can change its projections.</param>
    public static EmittedGraph EmitInt8(
        DecoderSpec spec, RotatedWeights weights, string weightsFile, string headScalesFile, KvCacheDType cache, bool takesAdapters)
    {
        var graph = new GraphBuilder(spec.ModelType, weightsFile);
        var linear = Linear(graph, spec, new GeneralLinearEmitter(new Int8LinearEmitter(graph, weights, headScalesFile)), takesAdapters);
        return new DecoderGraphEmitter(spec, graph, new WeightInitializers(graph, weights), linear, cache).Emit();
    }

    private static LinearEmitter Linear(GraphBuilder graph, DecoderSpec spec, LinearEmitter linear, bool takesAdapters) =>
        takesAdapters ? new LoraLinearEmitter(graph, spec, linear) : linear;

    private EmittedGraph Emit()
    {
        StepInputs.Declare(_graph);
        var attention = new AttentionEmitter(_graph, _weights, _spec, _cache);
        var stream = new ResidualStream(new EmbeddingEmitter(_graph, _weights, _norms, _spec).Emit(), Branch: null);
        for (var layer = 0; layer < _spec.LayerCount; layer++)
        {
            stream = Layer(new Projections(_spec, layer), stream, attention);
        }

        Head(stream);
        return _graph.Build(Version);
    }

    private ResidualStream Layer(Projections layer, ResidualStream stream, AttentionEmitter attention)
    {
        (var input, stream) = Enter(layer.Name + ".input_layernorm", stream, WeightNames.InputNorm(layer.Layer));
        var attended = attention.Emit(layer.Layer, layer.Attention, _linear.Emit(input, layer.Qkv));
        attended = Leave(_linear.Emit(attended, layer.Output), layer.Attention, WeightNames.AttentionOutputNorm(layer.Layer));

        var (name, norm) = (layer.Name + ".post_attention_layernorm", WeightNames.PostAttentionNorm(layer.Layer));
        if (_spec.Residual == ResidualKind.Sequential)
        {
            (input, stream) = Enter(name, stream with { Branch = attended }, norm);
            return stream with { Branch = Mlp(layer, input) };
        }

        input = _spec.Residual == ResidualKind.Parallel ? _norms.Norm(name, stream.Residual, norm) : input;
        return stream with { Branch = _graph.Node(layer.Name + ".branches", Operator.Add, [attended, Mlp(layer, input)]) };
    }

    private string Mlp(Projections layer, string input) =>
        Leave(new MlpEmitter(_graph, _linear, _spec.Mlp).Emit(layer, input), layer.Name + ".mlp", WeightNames.MlpOutputNorm(layer.Layer));

    /// <summary>What attention or MLP sees of the stream.</summary>
    private (string Input, ResidualStream Stream) Enter(string name, ResidualStream stream, string weight) =>
        _spec.Norm.Placement == NormPlacement.After ? _norms.Add(name, stream) : _norms.AddAndNorm(name, stream, weight);

    /// <summary>What is added to the stream of an attention's or MLP's output.</summary>
    private string Leave(string output, string name, string weight)
    {
        output = _spec.Norm.Placement == NormPlacement.Before ? output : _norms.Norm(name + ".output_norm", output, weight);
        return _spec.BranchMultiplier == 1 ? output : _graph.Multiply(name + ".scaled", output, _spec.BranchMultiplier);
    }

    private void Head(ResidualStream stream)
    {
        stream = new ResidualStream(
            _graph.Node("logits_residual", Operator.Gather, [stream.Residual, GraphContract.LogitsIndices]),
            _graph.Node("logits_branch", Operator.Gather, [stream.Branch!, GraphContract.LogitsIndices]));
        var (normed, _) = _norms.AddAndNorm("model.norm", stream, WeightNames.FinalNorm);
        _linear.EmitHead(normed, _spec);
    }
}

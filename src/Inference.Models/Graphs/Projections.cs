using System.Globalization;

namespace Inference.Models.Graphs;

/// <summary>The projections of a decoder's layer, those of one input packed into one, under the names of their nodes.</summary>
/// <param name="Spec">What the model computes.</param>
/// <param name="Layer">The layer.</param>
internal readonly record struct Projections(DecoderSpec Spec, int Layer)
{
    /// <summary>The name of the layer, which its nodes' names begin with.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"model.layers.{Layer}");

    /// <summary>The name of the attention's node.</summary>
    public string Attention => Name + ".self_attn";

    /// <summary>The name of the activation's node.</summary>
    public string Activation => Name + ".mlp.act_fn";

    public LinearLayer Qkv => new(
        Attention + ".qkv_proj",
        Spec.HiddenSize,
        [new(WeightNames.Query(Layer), QueryWidth), new(WeightNames.Key(Layer), KvWidth), new(WeightNames.Value(Layer), KvWidth)],
        Spec.Attention.HasQkvBias);

    public LinearLayer Output => new(
        Attention + ".o_proj", QueryWidth, [new(WeightNames.Output(Layer), Spec.HiddenSize)], Spec.Attention.HasOutputBias);

    public LinearLayer GateUp => new(
        Name + ".mlp.gate_up_proj",
        Spec.HiddenSize,
        [new(WeightNames.Gate(Layer), Spec.Mlp.IntermediateSize), new(WeightNames.Up(Layer), Spec.Mlp.IntermediateSize)],
        Spec.Mlp.HasBias);

    /// <summary>Of an MLP without a gate.</summary>
    public LinearLayer Up => new(
        Name + ".mlp.up_proj", Spec.HiddenSize, [new(WeightNames.Up(Layer), Spec.Mlp.IntermediateSize)], Spec.Mlp.HasBias);

    public LinearLayer Down => new(
        Name + ".mlp.down_proj", Spec.Mlp.IntermediateSize, [new(WeightNames.Down(Layer), Spec.HiddenSize)], Spec.Mlp.HasBias);

    private int QueryWidth => Spec.Attention.HeadCount * Spec.Attention.HeadSize;

    private int KvWidth => Spec.Attention.KvHeadCount * Spec.Attention.HeadSize;
}

using System.Collections.Immutable;
using Inference.Models.Graphs;

namespace Inference.Models.Lora;

/// <summary>
/// The products of a decoder that adapters can change. A site is a node of the graph: projections of one input are packed into one.
/// </summary>
internal static class LoraSites
{
    /// <summary>All sites of a decoder; a site is known by its index.</summary>
    public static ImmutableArray<LinearLayer> Of(DecoderSpec spec) =>
        [.. Enumerable.Range(0, spec.LayerCount).SelectMany(layer => Of(spec, new Projections(spec, layer)))];

    private static LinearLayer[] Of(DecoderSpec spec, Projections layer) =>
        [layer.Qkv, layer.Output, spec.Mlp.IsPlain ? layer.Up : layer.GateUp, layer.Down];
}

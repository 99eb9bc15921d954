using Inference.Models.Graphs;

namespace Inference.Models.Lora;

/// <summary>Emits projections as another emitter does, and behind each of a decoder's what adapters add to it.</summary>
internal sealed class LoraLinearEmitter(GraphBuilder graph, DecoderSpec spec, LinearEmitter linear) : LinearEmitter
{
    private readonly Dictionary<string, int> _sites = LoraSites.Of(spec).Index().ToDictionary(site => site.Item.Name, site => site.Index);

    public override string Emit(string input, LinearLayer layer)
    {
        var output = linear.Emit(input, layer);
        return _sites.TryGetValue(layer.Name, out var site)
            ? graph.Node(layer.Name + ".lora", Operator.LoraDelta, [output, input], OnnxAttribute.Int(GraphContract.Site, site))
            : output;
    }

    public override void EmitHead(string input, DecoderSpec spec) => linear.EmitHead(input, spec);
}

using Inference.Models.Graphs;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Lora;

/// <summary>Emits projections as another emitter does, and behind each of a decoder's what adapters add to it.</summary>
internal sealed class LoraLinearEmitter(GraphBuilder graph, DecoderSpec spec, LinearEmitter linear) : LinearEmitter
{
    private readonly Dictionary<string, int> _sites = LoraSites.Of(spec).Index().ToDictionary(site => site.Item.Name, site => site.Index);

    public override string Emit(string input, LinearLayer layer)
    {
        var output = linear.Emit(input, layer);
        if (!_sites.TryGetValue(layer.Name, out var site))
        {
            return output;
        }

        var changed = graph.Node(layer.Name + ".lora", Operator.LoraDelta, [output, input], OnnxAttribute.Int(GraphContract.Site, site));
        foreach (var value in new[] { output, changed })
        {
            // Of the same shape, so the operator can work in place: a step without adapters costs nothing.
            graph.Describe(value, DataType.Float, "num_tokens", layer.Parts.Sum(part => part.Size));
        }

        return changed;
    }

    public override void EmitHead(string input, DecoderSpec spec) => linear.EmitHead(input, spec);
}

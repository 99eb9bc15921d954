namespace Inference.Models.Checkpoints.Families;

/// <summary>Nemotron-4 and Minitron (NVIDIA 2024): layer norms that multiply by 1 + weight, a plain MLP, rotary positions on half a head.</summary>
internal static class NemotronFamily
{
    public static ModelFamily Nemotron { get; } = new()
    {
        ModelType = "nemotron",
        Architecture = "NemotronForCausalLM",
        ReadSpec = config =>
        {
            var spec = LlamaFamily.ReadWithBiases(config, part: 0.5);
            return spec with
            {
                Mlp = spec.Mlp with { IsPlain = true, Activation = config.Activation("relu2", "hidden_act") },
                Norm = new NormSpec { Kind = NormKind.Layer, HasBias = true },
                NormEpsilon = config.Number("norm_eps", 1e-5),
            };
        },
        MapWeights = (map, spec) =>
        {
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                map.Pair(layer, spec.Attention);
            }

            map.AddOneToNorms(spec);
        },
    };
}

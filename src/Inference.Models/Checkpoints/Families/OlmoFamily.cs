namespace Inference.Models.Checkpoints.Families;

/// <summary>OLMo 1 and 2 (Groeneveld et al. 2024; OLMo Team 2024).</summary>
internal static class OlmoFamily
{
    /// <summary>OLMo 1: norms without weights.</summary>
    public static ModelFamily Olmo { get; } = new()
    {
        ModelType = "olmo",
        Architecture = "OlmoForCausalLM",
        ReadSpec = config => LlamaFamily.ReadWithBiases(config) with
        {
            Norm = new NormSpec { Kind = NormKind.Layer },
            NormEpsilon = 1e-5f,
        },
        MapWeights = (map, spec) =>
        {
            var names = Enumerable.Range(0, spec.LayerCount).SelectMany(i => new[] { WeightNames.InputNorm(i), WeightNames.PostAttentionNorm(i) });
            foreach (var name in names.Append(WeightNames.FinalNorm))
            {
                map.Add(name, new WeightView(Stored: null) { Length = spec.HiddenSize });
            }
        },
    };

    /// <summary>OLMo 2: norms behind attention and MLP, and of all queries and all keys of a token.</summary>
    public static ModelFamily Olmo2 { get; } = new()
    {
        ModelType = "olmo2",
        Architecture = "Olmo2ForCausalLM",
        ReadSpec = config =>
        {
            var spec = LlamaFamily.ReadWithBiases(config);
            return spec with
            {
                Attention = spec.Attention with { QkNorm = QkNorm.AllHeads },
                Norm = new NormSpec { Placement = NormPlacement.After },
                NormEpsilon = config.Number("rms_norm_eps", 1e-5),
            };
        },
        MapWeights = (map, spec) =>
        {
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("model.layers", layer);
                map.Add(WeightNames.AttentionOutputNorm(layer), stored + "post_attention_layernorm");
                map.Add(WeightNames.MlpOutputNorm(layer), stored + "post_feedforward_layernorm");
            }
        },
    };
}

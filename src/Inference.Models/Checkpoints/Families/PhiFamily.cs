namespace Inference.Models.Checkpoints.Families;

/// <summary>Phi 1 to 4.</summary>
internal static class PhiFamily
{
    /// <summary>Phi 1, 1.5 and 2: attention and MLP side by side behind one norm, biases everywhere.</summary>
    public static ModelFamily Phi { get; } = new()
    {
        ModelType = "phi",
        Architecture = "PhiForCausalLM",
        ReadSpec = config =>
        {
            var spec = LlamaFamily.Read(config, part: 0.5);
            return spec with
            {
                Attention = spec.Attention with { HasQkvBias = true, HasOutputBias = true },
                Mlp = spec.Mlp with { IsPlain = true, HasBias = true, Activation = config.Activation("gelu_new", "hidden_act") },
                Residual = ResidualKind.ParallelOneNorm,
                Norm = new NormSpec { Kind = NormKind.Layer, HasBias = true },
                NormEpsilon = config.Number("layer_norm_eps", 1e-5),
                Head = new HeadSpec { HasBias = true },
            };
        },
        MapWeights = (map, spec) =>
        {
            map.Add(WeightNames.FinalNorm, "model.final_layernorm");
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("model.layers", layer);
                map.Pair(layer, spec.Attention);
                map.Add(WeightNames.Output(layer), stored + "self_attn.dense");
                map.Add(WeightNames.Up(layer), stored + "mlp.fc1");
                map.Add(WeightNames.Down(layer), stored + "mlp.fc2");
            }
        },
    };

    /// <summary>Phi 3 and 4: a llama with packed projections.</summary>
    public static ModelFamily Phi3 { get; } = new()
    {
        ModelType = "phi3",
        Architecture = "Phi3ForCausalLM",
        ReadSpec = config =>
        {
            var spec = LlamaFamily.Read(config) with { NormEpsilon = config.Number("rms_norm_eps", 1e-5) };
            return config.OptionalSize("sliding_window") is { } window ? Windows.Of(spec, config, window, _ => true) : spec;
        },
        MapWeights = (map, spec) =>
        {
            long width = spec.Mlp.IntermediateSize;
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("model.layers", layer);
                map.AddQkv(layer, stored + "self_attn.qkv_proj", HeadRows.SideBySide(spec.Attention));
                map.Pair(layer, spec.Attention);
                map.Add(WeightNames.Gate(layer), stored + "mlp.gate_up_proj", RowSelection.Slice(0, width, 2 * width));
                map.Add(WeightNames.Up(layer), stored + "mlp.gate_up_proj", RowSelection.Slice(width, width, 2 * width));
            }
        },
    };
}

using Inference.Models.Conversion;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Int8;
using Inference.Models.Graphs.Onnx;
using Inference.Models.Rotation;

namespace Inference.Models.Tests.Graphs.Int8;

public sealed class Int8GraphEmitterTests
{
    private const string ScalesFile = "head_scales.bin";

    [Fact]
    public void Emit_TwoLayers_ListsTheNodesInOrder()
    {
        Assert.Equal(
            [
                "EmbedNormQuantize(input_ids, model.embed_tokens.weight, model.embed_tokens.weight_scales)"
                    + " -> model.embed_tokens.residual, model.embed_tokens, model.embed_tokens.scales",
                .. Layer(0, "model.embed_tokens"),
                "AddNormQuantize(model.layers.0.post_attention_layernorm.residual, model.layers.0.mlp.down_proj,"
                    + " model.layers.0.mlp.act_fn.scales, model.layers.0.mlp.down_proj.weight_scales)"
                    + " -> model.layers.1.input_layernorm.residual, model.layers.1.input_layernorm, model.layers.1.input_layernorm.scales",
                .. Layer(1, "model.layers.1.input_layernorm"),
                "GatherAddNormQuantize(model.layers.1.post_attention_layernorm.residual, model.layers.1.mlp.down_proj,"
                    + " model.layers.1.mlp.act_fn.scales, model.layers.1.mlp.down_proj.weight_scales, logits_indices)"
                    + " -> model.norm, logits_scales",
                "MatMulInteger(model.norm, logits_accumulators.weight, activation_zero_point) -> logits_accumulators",
                "ArgMaxRows(logits_accumulators, logits_accumulators.weight_scales) -> logits_argmax",
            ],
            Emit(TinyModel.Int8Spec).Model.Graph.Node.Select(GraphText.Describe));

        static string[] Layer(int layer, string input)
        {
            var (name, cache) = ($"model.layers.{layer}", $"past_key_values.{layer}");
            var (attention, norm, mlp) = (name + ".self_attn", name + ".post_attention_layernorm", name + ".mlp");
            return
            [
                $"MatMulInteger({input}, {attention}.qkv_proj.weight, activation_zero_point) -> {attention}.qkv_proj",
                $"PagedAttentionInt8({attention}.qkv_proj, {input}.scales, {attention}.qkv_proj.weight_scales,"
                    + $" {cache}.key, {cache}.value, {cache}.key_scale, {cache}.value_scale,"
                    + " block_table, cumulative_sequence_lengths, past_sequence_lengths, cos_cache, sin_cache)"
                    + $" -> {attention}, {attention}.scales",
                $"MatMulInteger({attention}, {attention}.o_proj.weight, activation_zero_point) -> {attention}.o_proj",
                $"AddNormQuantize({input}.residual, {attention}.o_proj, {attention}.scales, {attention}.o_proj.weight_scales)"
                    + $" -> {norm}.residual, {norm}, {norm}.scales",
                $"MatMulInteger({norm}, {mlp}.gate_up_proj.weight, activation_zero_point) -> {mlp}.gate_up_proj",
                $"SwiGluQuantize({mlp}.gate_up_proj, {norm}.scales, {mlp}.gate_up_proj.weight_scales) -> {mlp}.act_fn, {mlp}.act_fn.scales",
                $"MatMulInteger({mlp}.act_fn, {mlp}.down_proj.weight, activation_zero_point) -> {mlp}.down_proj",
            ];
        }
    }

    [Fact]
    public void Emit_AnySpec_DeclaresInputsAndOutputs()
    {
        var graph = Emit(TinyModel.Int8Spec with { LayerCount = 1 }).Model.Graph;

        Assert.Equal(
            [
                "input_ids Int64 [num_tokens]",
                "logits_indices Int64 [num_logits]",
                "block_table Int32 [batch, max_blocks]",
                "cumulative_sequence_lengths Int32 [batch_plus_1]",
                "past_sequence_lengths Int32 [batch]",
                "past_key_values.0.key Uint8 [num_blocks, 2, 8, block_size, 4]",
                "past_key_values.0.value Int8 [num_blocks, 2, block_size, 32]",
                "past_key_values.0.key_scale Float [num_blocks, 2, block_size]",
                "past_key_values.0.value_scale Float [num_blocks, 2, block_size]",
            ],
            graph.Input.Select(GraphText.Describe));
        Assert.Equal(
            ["logits_accumulators Int32 [num_logits, 11]", "logits_scales Float [num_logits]", "logits_argmax Int32 [num_logits]"],
            graph.Output.Select(GraphText.Describe));
    }

    [Fact]
    public void Emit_AnySpec_SetsTheAttributes()
    {
        var model = Emit(TinyModel.Int8Spec).Model;

        Assert.Equal([("", 21L), ("inference", 1L)], model.OpsetImport.Select(opset => (opset.Domain, opset.Version)));
        Assert.Equal(
            [
                "AddNormQuantize inference: epsilon Float 0 1E-05",
                "ArgMaxRows inference: ",
                "EmbedNormQuantize inference: epsilon Float 0 1E-05",
                "GatherAddNormQuantize inference: epsilon Float 0 1E-05",
                "MatMulInteger : ",
                "PagedAttentionInt8 inference: num_heads Int 4 0, kv_num_heads Int 2 0, scale Float 0 0.5",
                "SwiGluQuantize inference: hadamard Int 128 0",
            ],
            model.Graph.Node
                .Select(node => $"{node.OpType} {node.Domain}: {string.Join(", ", node.Attribute.Select(GraphText.Describe))}")
                .Distinct()
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Emit_AnySpec_HasTheConstantsThatTheOperatorsTake()
    {
        var emitted = Emit(TinyModel.Int8Spec with { LayerCount = 1 });

        Assert.Equal(
            [
                "activation_zero_point Uint8 []",
                "cos_cache Float [5, 16]",
                "sin_cache Float [5, 16]",
                "model.embed_tokens.weight Int8 [11, 192]",
                "model.embed_tokens.weight_scales Float [11]",
                "model.layers.0.self_attn.qkv_proj.weight Int8 [192, 256]",
                "model.layers.0.self_attn.qkv_proj.weight_scales Float [256]",
                "model.layers.0.self_attn.o_proj.weight Int8 [128, 192]",
                "model.layers.0.self_attn.o_proj.weight_scales Float [192]",
                "model.layers.0.mlp.gate_up_proj.weight Int8 [192, 256]",
                "model.layers.0.mlp.gate_up_proj.weight_scales Float [256]",
                "model.layers.0.mlp.down_proj.weight Int8 [128, 192]",
                "model.layers.0.mlp.down_proj.weight_scales Float [192]",
                "logits_accumulators.weight Int8 [192, 11]",
                "logits_accumulators.weight_scales Float [11]",
            ],
            emitted.Model.Graph.Initializer.Select(
                tensor => $"{tensor.Name} {(TensorProto.Types.DataType)tensor.DataType} [{string.Join(", ", tensor.Dims)}]"));
        var zeroPoint = emitted.Model.Graph.Initializer[0];
        Assert.Equal(GraphContract.ZeroPoint, Assert.Single(zeroPoint.RawData));
        Assert.Equal(TensorProto.Types.DataLocation.Default, zeroPoint.DataLocation);
    }

    [Fact]
    public void Emit_CacheOfFloats_AttendsInFloats()
    {
        var spec = TinyModel.Int8Spec with { LayerCount = 1 };

        var graph = Int8GraphEmitter.Emit(spec, TinyModel.Weights(spec), "weights.bin", ScalesFile, KvCacheDType.Float32).Model.Graph;

        const string Name = "model.layers.0.self_attn";
        Assert.Equal(
            [
                $"MatMulInteger(model.embed_tokens, {Name}.qkv_proj.weight, activation_zero_point) -> {Name}.qkv_proj",
                $"DequantizeRows({Name}.qkv_proj, model.embed_tokens.scales, {Name}.qkv_proj.weight_scales) -> {Name}.qkv_proj.dequantized",
                $"PagedAttention({Name}.qkv_proj.dequantized, past_key_values.0.key, past_key_values.0.value, block_table,"
                    + $" cumulative_sequence_lengths, past_sequence_lengths, cos_cache, sin_cache) -> {Name}",
                $"QuantizeRows({Name}) -> {Name}.o_proj.input, {Name}.o_proj.input.scales",
                $"MatMulInteger({Name}.o_proj.input, {Name}.o_proj.weight, activation_zero_point) -> {Name}.o_proj",
            ],
            graph.Node.Skip(1).Take(5).Select(GraphText.Describe));
        Assert.Equal(
            ["past_key_values.0.key Float [num_blocks, 2, 32, block_size]", "past_key_values.0.value Float [num_blocks, 2, block_size, 32]"],
            graph.Input.Skip(5).Select(GraphText.Describe));
    }

    [Fact]
    public void Emit_BiasesOfQkvOnly_KeepsTheFusedForm()
    {
        var spec = TinyModel.Int8Spec with { LayerCount = 1, Attention = TinyModel.Int8Spec.Attention with { HasQkvBias = true } };

        var emitted = Emit(spec);

        const string Name = "model.layers.0.self_attn";
        Assert.Equal(
            [
                "EmbedNormQuantize", "MatMulInteger", "DequantizeRows", "PagedAttentionInt8Cache", "QuantizeRows", "MatMulInteger",
                "AddNormQuantize", "MatMulInteger", "SwiGluQuantize", "MatMulInteger", "GatherAddNormQuantize", "MatMulInteger", "ArgMaxRows",
            ],
            emitted.Model.Graph.Node.Select(node => node.OpType));
        Assert.Equal(
            [
                $"DequantizeRows({Name}.qkv_proj, model.embed_tokens.scales, {Name}.qkv_proj.weight_scales, {Name}.qkv_proj.bias)"
                    + $" -> {Name}.qkv_proj.dequantized",
                $"PagedAttentionInt8Cache({Name}.qkv_proj.dequantized, past_key_values.0.key, past_key_values.0.value,"
                    + " past_key_values.0.key_scale, past_key_values.0.value_scale, block_table, cumulative_sequence_lengths,"
                    + $" past_sequence_lengths, cos_cache, sin_cache) -> {Name}",
            ],
            emitted.Model.Graph.Node.Skip(2).Take(2).Select(GraphText.Describe));
        using var rotated = new RotatedWeights(spec, TinyModel.Weights(spec));
        var (keys, values) = (new float[64], new float[64]);
        rotated.ReadRows(WeightNames.BiasOf(WeightNames.Key(0)), 0, keys);
        rotated.ReadRows(WeightNames.BiasOf(WeightNames.Value(0)), 0, values);
        var bias = TensorBytes.ReadAll(emitted.Tensors.Single(tensor => tensor.Name == Name + ".qkv_proj.bias").Data);
        Assert.Equal([.. keys, .. values], bias[128..]);
    }

    [Fact]
    public void Emit_WhatTheFusedFormCannotExpress_PutsFloatsBetweenTheProducts()
    {
        var spec = TinyModel.SpecWithEverything with { LayerCount = 1 };

        var graph = Int8GraphEmitter.Emit(spec, TinyModel.Weights(spec), "weights.bin", ScalesFile, KvCacheDType.Float32).Model.Graph;

        const string Name = "model.layers.0";
        Assert.Equal(
            [
                "Gather(model.embed_tokens.weight, input_ids) -> model.embed_tokens",
                $"SimplifiedLayerNormalization(model.embed_tokens, {Name}.input_layernorm.weight) -> {Name}.input_layernorm",
                .. Product($"{Name}.input_layernorm", $"{Name}.self_attn.qkv_proj"),
                $"PagedAttention({Name}.self_attn.qkv_proj.dequantized, past_key_values.0.key, past_key_values.0.value, block_table,"
                    + $" cumulative_sequence_lengths, past_sequence_lengths, cos_cache, sin_cache) -> {Name}.self_attn",
                .. Product($"{Name}.self_attn", $"{Name}.self_attn.o_proj"),
                $"SkipSimplifiedLayerNormalization({Name}.self_attn.o_proj.dequantized, model.embed_tokens,"
                    + $" {Name}.post_attention_layernorm.weight)"
                    + $" -> {Name}.post_attention_layernorm, , , {Name}.post_attention_layernorm.sum",
                .. Product($"{Name}.post_attention_layernorm", $"{Name}.mlp.gate_up_proj"),
                $"SwiGlu({Name}.mlp.gate_up_proj.dequantized) -> {Name}.mlp.act_fn",
                .. Product($"{Name}.mlp.act_fn", $"{Name}.mlp.down_proj"),
                $"Gather({Name}.post_attention_layernorm.sum, logits_indices) -> logits_residual",
                $"Gather({Name}.mlp.down_proj.dequantized, logits_indices) -> logits_branch",
                "SkipSimplifiedLayerNormalization(logits_branch, logits_residual, model.norm.weight) -> model.norm, , , model.norm.sum",
                "QuantizeRows(model.norm) -> logits_input, logits_scales",
                "MatMulInteger(logits_input, logits_accumulators.weight, activation_zero_point) -> logits_accumulators",
                "ArgMaxRows(logits_accumulators, logits_accumulators.weight_scales) -> logits_argmax",
            ],
            graph.Node.Select(GraphText.Describe));
        Assert.Equal(
            ["logits_accumulators Int32 [num_logits, 11]", "logits_scales Float [num_logits]", "logits_argmax Int32 [num_logits]"],
            graph.Output.Select(GraphText.Describe));

        static string[] Product(string input, string name) =>
        [
            $"QuantizeRows({input}) -> {name}.input, {name}.input.scales",
            $"MatMulInteger({name}.input, {name}.weight, activation_zero_point) -> {name}",
            $"DequantizeRows({name}, {name}.input.scales, {name}.weight_scales, {name}.bias) -> {name}.dequantized",
        ];
    }

    [Fact]
    public void Emit_GeneralForm_RotatesTheInputOfTheDownProjectionOnly()
    {
        var spec = TinyModel.Int8Spec with { LayerCount = 1, Mlp = TinyModel.Int8Spec.Mlp with { HasBias = true } };

        Assert.Equal(
            ["qkv_proj 1", "o_proj 1", "gate_up_proj 1", "down_proj 128", "logits_input 1"],
            Emit(spec).Model.Graph.Node.Where(node => node.OpType == "QuantizeRows")
                .Select(node => $"{node.Name.Replace(".input", "", StringComparison.Ordinal).Split('.')[^1]} {node.Attribute.Single().I}"));
    }

    [Fact]
    public void Emit_HeadScales_AreAFileOfTheirOwn()
    {
        var emitted = Emit(TinyModel.Int8Spec);

        Assert.Equal(["weights.bin", ScalesFile], emitted.Files.Select(file => file.Name));
        Assert.Equal(11 * sizeof(float), emitted.Files[1].Length);
        var scales = Assert.Single(emitted.Tensors, tensor => tensor.File == ScalesFile);
        Assert.Equal(("logits_accumulators.weight_scales", 0L), (scales.Name, scales.Offset));
        var proto = emitted.Model.Graph.Initializer.Single(tensor => tensor.Name == scales.Name);
        Assert.Equal(
            [("location", ScalesFile), ("offset", "0"), ("length", "44")], proto.ExternalData.Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public void Emit_AnySpec_ReadsNoWeights()
    {
        var weights = TinyModel.Weights(TinyModel.Int8Spec);

        Int8GraphEmitter.Emit(TinyModel.Int8Spec, weights, "weights.bin", ScalesFile);

        Assert.Equal(0, weights.ReadCount);
    }

    [Theory]
    [InlineData("model.embed_tokens.weight")]
    [InlineData("model.norm.weight")]
    [InlineData("model.layers.1.input_layernorm.weight")]
    [InlineData("model.layers.1.self_attn.v_proj.weight")]
    public void Emit_MissingWeight_NamesIt(string name)
    {
        var weights = TinyModel.Weights(TinyModel.Int8Spec);
        weights.Remove(name);

        var exception = Assert.Throws<ModelFormatException>(
            () => Int8GraphEmitter.Emit(TinyModel.Int8Spec, weights, "weights.bin", ScalesFile));

        Assert.StartsWith($"the checkpoint lacks tensor '{name}' (expected shape [", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Emit_WeightOfAnotherShape_NamesItAndBothShapes()
    {
        var weights = TinyModel.Weights(TinyModel.Int8Spec);
        weights.Add(WeightNames.Gate(1), 128, 191);

        var exception = Assert.Throws<ModelFormatException>(
            () => Int8GraphEmitter.Emit(TinyModel.Int8Spec, weights, "weights.bin", ScalesFile));

        Assert.Equal(
            "tensor 'model.layers.1.mlp.gate_proj.weight' has shape [128, 191]; the configuration makes it [128, 192]", exception.Message);
    }

    private static EmittedGraph Emit(DecoderSpec spec) => Int8GraphEmitter.Emit(spec, TinyModel.Weights(spec), "weights.bin", ScalesFile);
}

using Inference.Models.Conversion;
using Inference.Models.Graphs;

namespace Inference.Models.Tests.Graphs;

public sealed class DecoderGraphEmitterTests
{
    private const string WeightsFile = "weights.bin";

    [Fact]
    public void Emit_TwoLayers_ListsTheNodesInOrder()
    {
        Assert.Equal(
            [
                "Gather(model.embed_tokens.weight, input_ids) -> model.embed_tokens",
                .. Layer(
                    0,
                    "SimplifiedLayerNormalization(model.embed_tokens, model.layers.0.input_layernorm.weight)"
                        + " -> model.layers.0.input_layernorm",
                    "model.embed_tokens"),
                .. Layer(
                    1,
                    "SkipSimplifiedLayerNormalization(model.layers.0.mlp.down_proj, model.layers.0.post_attention_layernorm.sum,"
                        + " model.layers.1.input_layernorm.weight)"
                        + " -> model.layers.1.input_layernorm, , , model.layers.1.input_layernorm.sum",
                    "model.layers.1.input_layernorm.sum"),
                "Gather(model.layers.1.post_attention_layernorm.sum, logits_indices) -> logits_residual",
                "Gather(model.layers.1.mlp.down_proj, logits_indices) -> logits_branch",
                "SkipSimplifiedLayerNormalization(logits_branch, logits_residual, model.norm.weight) -> model.norm, , , model.norm.sum",
                "Gemm(model.norm, model.embed_tokens.weight) -> logits",
            ],
            Emit(TinyModel.Spec).Model.Graph.Node.Select(GraphText.Describe));

        static string[] Layer(int layer, string firstNorm, string residual)
        {
            var name = $"model.layers.{layer}";
            return
            [
                firstNorm,
                $"Gemm({name}.input_layernorm, {name}.self_attn.qkv_proj.weight) -> {name}.self_attn.qkv_proj",
                $"PagedAttention({name}.self_attn.qkv_proj, past_key_values.{layer}.key, past_key_values.{layer}.value, block_table,"
                    + $" cumulative_sequence_lengths, past_sequence_lengths, cos_cache, sin_cache) -> {name}.self_attn",
                $"Gemm({name}.self_attn, {name}.self_attn.o_proj.weight) -> {name}.self_attn.o_proj",
                $"SkipSimplifiedLayerNormalization({name}.self_attn.o_proj, {residual}, {name}.post_attention_layernorm.weight)"
                    + $" -> {name}.post_attention_layernorm, , , {name}.post_attention_layernorm.sum",
                $"Gemm({name}.post_attention_layernorm, {name}.mlp.gate_up_proj.weight) -> {name}.mlp.gate_up_proj",
                $"SwiGlu({name}.mlp.gate_up_proj) -> {name}.mlp.act_fn",
                $"Gemm({name}.mlp.act_fn, {name}.mlp.down_proj.weight) -> {name}.mlp.down_proj",
            ];
        }
    }

    [Fact]
    public void Emit_AnySpec_DeclaresInputsAndOutput()
    {
        var graph = Emit(TinyModel.Spec with { LayerCount = 1 }).Model.Graph;

        Assert.Equal(
            [
                "input_ids Int64 [num_tokens]",
                "logits_indices Int64 [num_logits]",
                "block_table Int32 [batch, max_blocks]",
                "cumulative_sequence_lengths Int32 [batch_plus_1]",
                "past_sequence_lengths Int32 [batch]",
                "past_key_values.0.key Float [num_blocks, 2, 2, block_size]",
                "past_key_values.0.value Float [num_blocks, 2, block_size, 2]",
            ],
            graph.Input.Select(GraphText.Describe));
        Assert.Equal(["logits Float [num_logits, 11]"], graph.Output.Select(GraphText.Describe));
    }

    [Fact]
    public void Emit_CacheInInt8_AttendsOverIt()
    {
        var spec = TinyModel.Int8Spec with { LayerCount = 1 };

        var graph = DecoderGraphEmitter.Emit(spec, TinyModel.Weights(spec), WeightsFile, KvCacheDType.Int8).Model.Graph;

        Assert.Equal(
            [
                "past_key_values.0.key Uint8 [num_blocks, 2, 8, block_size, 4]",
                "past_key_values.0.value Int8 [num_blocks, 2, block_size, 32]",
                "past_key_values.0.key_scale Float [num_blocks, 2, block_size]",
                "past_key_values.0.value_scale Float [num_blocks, 2, block_size]",
            ],
            graph.Input.Skip(5).Select(GraphText.Describe));
        Assert.Equal(
            "PagedAttentionInt8Cache(model.layers.0.self_attn.qkv_proj, past_key_values.0.key, past_key_values.0.value,"
                + " past_key_values.0.key_scale, past_key_values.0.value_scale, block_table, cumulative_sequence_lengths,"
                + " past_sequence_lengths, cos_cache, sin_cache) -> model.layers.0.self_attn",
            GraphText.Describe(graph.Node.Single(node => node.Name == "model.layers.0.self_attn")));
    }

    [Fact]
    public void Emit_AnySpec_ImportsTheOperatorSetsItUses()
    {
        var model = Emit(TinyModel.Spec).Model;

        Assert.Equal(10, model.IrVersion);
        Assert.Equal(
            [("", 21L), ("com.microsoft", 1L), ("inference", 1L)],
            model.OpsetImport.Select(opset => (opset.Domain, opset.Version)));
        Assert.Equal(
            [
                "Gather ", "Gemm ", "PagedAttention inference", "SimplifiedLayerNormalization ",
                "SkipSimplifiedLayerNormalization com.microsoft", "SwiGlu inference",
            ],
            model.Graph.Node.Select(node => $"{node.OpType} {node.Domain}").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Emit_AnySpec_SetsTheAttributes()
    {
        var nodes = Emit(TinyModel.Spec).Model.Graph.Node;

        Assert.Equal(
            ["num_heads Int 4 0", "kv_num_heads Int 2 0", "scale Float 0 0.5", "window Int 0 0", "softcap Float 0 0"],
            nodes.First(node => node.OpType == "PagedAttention").Attribute.Select(GraphText.Describe));
        Assert.All(
            nodes.Where(node => node.OpType == "Gemm"),
            node => Assert.Equal(["transB Int 1 0"], node.Attribute.Select(GraphText.Describe)));
        Assert.All(nodes.Where(node => node.OpType.EndsWith("Normalization", StringComparison.Ordinal)),
            node => Assert.Equal(["epsilon Float 0 1E-05"], node.Attribute.Select(GraphText.Describe)));
    }

    [Fact]
    public void Emit_TiedHead_StoresTheEmbeddingOnce()
    {
        var graph = Emit(TinyModel.Spec).Model.Graph;

        Assert.Single(graph.Initializer, tensor => tensor.Name == WeightNames.Embedding);
        Assert.DoesNotContain(graph.Initializer, tensor => tensor.Name == WeightNames.Head);
    }

    [Fact]
    public void Emit_HeadOfItsOwnAndBiases_UsesThem()
    {
        var nodes = Emit(TinyModel.SpecWithEverything).Model.Graph.Node.ToDictionary(node => node.Name);

        Assert.Equal(["model.norm", "lm_head.weight"], nodes["logits"].Input);
        Assert.Equal(
            ["model.layers.1.input_layernorm", "model.layers.1.self_attn.qkv_proj.weight", "model.layers.1.self_attn.qkv_proj.bias"],
            nodes["model.layers.1.self_attn.qkv_proj"].Input);
        Assert.Equal("model.layers.1.self_attn.o_proj.bias", nodes["model.layers.1.self_attn.o_proj"].Input[2]);
        Assert.Equal("model.layers.1.mlp.gate_up_proj.bias", nodes["model.layers.1.mlp.gate_up_proj"].Input[2]);
        Assert.Equal("model.layers.1.mlp.down_proj.bias", nodes["model.layers.1.mlp.down_proj"].Input[2]);
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.qkv_proj.weight", "16 6", "q_proj.weight k_proj.weight v_proj.weight")]
    [InlineData("model.layers.1.self_attn.qkv_proj.bias", "16", "q_proj.bias k_proj.bias v_proj.bias")]
    [InlineData("model.layers.1.self_attn.o_proj.weight", "6 8", "o_proj.weight")]
    [InlineData("model.layers.1.mlp.gate_up_proj.weight", "20 6", "gate_proj.weight up_proj.weight")]
    [InlineData("model.layers.1.mlp.gate_up_proj.bias", "20", "gate_proj.bias up_proj.bias")]
    [InlineData("model.layers.1.mlp.down_proj.weight", "6 10", "down_proj.weight")]
    public void Emit_PackedProjection_StacksItsWeightsInOrder(string name, string shape, string parts)
    {
        var weights = TinyModel.Weights(TinyModel.SpecWithEverything);
        var tensors = DecoderGraphEmitter.Emit(TinyModel.SpecWithEverything, weights, WeightsFile).Tensors;
        var data = tensors.Single(tensor => tensor.Name == name).Data;
        var prefix = name[..(name.LastIndexOf("_proj", StringComparison.Ordinal))];
        prefix = prefix[..(prefix.LastIndexOf('.') + 1)];

        Assert.Equal(shape, string.Join(' ', data.Shape));
        Assert.Equal(parts.Split(' ').SelectMany(part => weights.Elements(prefix + part)), TensorBytes.ReadAll(data));
    }

    [Fact]
    public void Emit_AnySpec_ReadsNoWeights()
    {
        var weights = TinyModel.Weights(TinyModel.Spec);

        DecoderGraphEmitter.Emit(TinyModel.Spec, weights, WeightsFile);

        Assert.Equal(0, weights.ReadCount);
    }

    [Fact]
    public void Emit_MissingWeight_NamesIt()
    {
        var weights = TinyModel.Weights(TinyModel.Spec);
        foreach (var name in DecoderGraphEmitter.Emit(TinyModel.Spec, weights, WeightsFile).Tensors
            .Select(tensor => tensor.Name).Where(name => weights.TryGetShape(name, out _)))
        {
            var incomplete = TinyModel.Weights(TinyModel.Spec);
            incomplete.Remove(name);

            var exception = Assert.Throws<ModelFormatException>(() => DecoderGraphEmitter.Emit(TinyModel.Spec, incomplete, WeightsFile));

            Assert.StartsWith($"the checkpoint lacks tensor '{name}' (expected shape [", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.k_proj.weight", "4 7", "[4, 6]")]
    [InlineData("model.layers.1.self_attn.k_proj.weight", "24", "[4, 6]")]
    [InlineData("model.layers.0.mlp.down_proj.weight", "10 6", "[6, 10]")]
    [InlineData("model.norm.weight", "6 1", "[6]")]
    [InlineData("model.embed_tokens.weight", "10 6", "[11, 6]")]
    public void Emit_WeightOfAnotherShape_NamesItAndBothShapes(string name, string shape, string expected)
    {
        var weights = TinyModel.Weights(TinyModel.Spec);
        weights.Add(name, [.. shape.Split(' ').Select(long.Parse)]);

        var exception = Assert.Throws<ModelFormatException>(() => DecoderGraphEmitter.Emit(TinyModel.Spec, weights, WeightsFile));

        var actual = $"[{shape.Replace(" ", ", ", StringComparison.Ordinal)}]";
        Assert.Equal($"tensor '{name}' has shape {actual}; the configuration makes it {expected}", exception.Message);
    }

    private static EmittedGraph Emit(DecoderSpec spec) => DecoderGraphEmitter.Emit(spec, TinyModel.Weights(spec), WeightsFile);
}

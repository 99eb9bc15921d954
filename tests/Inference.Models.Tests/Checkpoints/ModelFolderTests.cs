using System.Text.Json.Nodes;
using Inference.Models.Checkpoints;
using Inference.Models.SafeTensors;
using Inference.Models.Tests.Gguf;
using Inference.Models.Tests.SafeTensors;

namespace Inference.Models.Tests.Checkpoints;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_SmolLm2_GivesSpecAndEveryWeight()
    {
        using var model = ModelFolder.Open(RepositoryFiles.SmolLm2);

        Assert.Equal(
            new DecoderSpec
            {
                ModelType = "llama",
                VocabularySize = 49152,
                HiddenSize = 576,
                LayerCount = 30,
                MaxPositions = 8192,
                Attention = new AttentionSpec { HeadCount = 9, KvHeadCount = 3, HeadSize = 64, Scale = 0.125f, Rotary = new RotarySpec { Theta = 100_000 } },
                Mlp = new MlpSpec { IntermediateSize = 1536 },
                NormEpsilon = 1e-5f,
                TieWordEmbeddings = true,
            },
            model.Spec);
        Assert.Equal(["config.json", "SmolLM2-135M-Instruct.Q4_1.gguf"], model.SourceFiles.Select(Path.GetFileName));
        Assert.All(model.SourceFiles, file => Assert.True(File.Exists(file)));
        Assert.Equal(RepositoryFiles.SmolLm2, model.FolderPath);
        Assert.Equal(134_515_008, RequiredWeights.Of(model.Spec).Sum(weight => TensorShape.ElementCount(weight.Shape)));
        foreach (var (name, shape) in RequiredWeights.Of(model.Spec))
        {
            var rows = new float[Math.Min(shape[0], 100) * (shape is [_, var columns] ? columns : shape[0])];
            model.Weights.ReadRows(name, 0, shape.Length == 1 ? rows.AsSpan(0, (int)shape[0]) : rows);
            Assert.All(rows, value => Assert.True(float.IsFinite(value), name));
        }
    }

    [Fact]
    public void Open_GgufFile_GivesTheSameSpecWithAndWithoutConfig()
    {
        using var folder = ModelFolder.Open(RepositoryFiles.SmolLm2);
        using var beside = ModelFolder.Open(RepositoryFiles.SmolLm2Gguf);
        File.CreateSymbolicLink(_folder["alone.gguf"], RepositoryFiles.SmolLm2Gguf);
        using var alone = ModelFolder.Open(_folder["alone.gguf"]);

        Assert.Equal(folder.SourceFiles, beside.SourceFiles);
        Assert.Equal([_folder["alone.gguf"]], alone.SourceFiles);
        Assert.Equal(folder.Spec, beside.Spec);
        Assert.Equal(folder.Spec, alone.Spec);
    }

    [Fact]
    public void Open_ZooLlama_PrefersModelSafeTensors()
    {
        using var model = ModelFolder.Open(RepositoryFiles.ZooLlama);
        Assert.Equal(["config.json", "model.safetensors"], model.SourceFiles.Select(Path.GetFileName));
    }

    [Fact]
    public void Open_Sharded_ListsEveryFileInOrder()
    {
        CopyZooConfig();
        using (var original = ModelFolder.Open(RepositoryFiles.ZooLlama))
        {
            SafeTensorsBuilder[] shards = [new(), new()];
            var map = new JsonObject();
            foreach (var (name, shape) in RequiredWeights.Of(original.Spec))
            {
                var shard = map.Count % 2;
                var values = new float[TensorShape.ElementCount(shape)];
                original.Weights.ReadRows(name, 0, values);
                shards[shard].With(name, [.. shape], values);
                map[name] = $"model-{shard}.safetensors";
            }

            _folder.Write("model-0.safetensors", shards[0].Build());
            _folder.Write("model-1.safetensors", shards[1].Build());
            _folder.Write(SafeTensorsIndex.FileName, new JsonObject { ["weight_map"] = map }.ToJsonString());
        }

        using var model = ModelFolder.Open(_folder.Path);
        Assert.Equal(
            ["config.json", SafeTensorsIndex.FileName, "model-0.safetensors", "model-1.safetensors"],
            model.SourceFiles.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("vocab_size", "256", "tensor 'model.embed_tokens.weight' has shape [512, 128], but the model needs [256, 128]")]
    [InlineData("intermediate_size", "128", "mlp.gate_proj.weight' has shape [256, 128], but the model needs [128, 128]")]
    [InlineData("num_key_value_heads", "4", "self_attn.k_proj.weight' has shape [64, 128], but the model needs [128, 128]")]
    [InlineData("num_hidden_layers", "3", "tensor 'model.layers.2.input_layernorm.weight' is missing; its shape should be [128]")]
    [InlineData("num_hidden_layers", "1", "has no place in a llama model of 1 layers")]
    [InlineData("mlp_bias", "true", "tensor 'model.layers.0.mlp.gate_proj.bias' is missing")]
    [InlineData("attention_bias", "true", "tensor 'model.layers.0.self_attn.q_proj.bias' is missing")]
    public void Open_ConfigThatDoesNotFitTheWeights_NamesTheTensor(string field, string json, string expected)
    {
        CopyZooConfig((field, json));
        File.Copy(Path.Combine(RepositoryFiles.ZooLlama, "model.safetensors"), _folder["model.safetensors"]);
        AssertRefused(_folder.Path, $"model.safetensors: tensor '", expected);
    }

    [Theory]
    [InlineData("vocab_size", "256", "'vocab_size' is 256, but ")]
    [InlineData("rope_theta", "20000", "'rope_theta' is 20000, but ")]
    [InlineData("rms_norm_eps", "1e-5", "'rms_norm_eps' is 1E-05, but ")]
    [InlineData("max_position_embeddings", "1024", "'max_position_embeddings' is 1024, but ")]
    [InlineData("model_type", "\"qwen2\"", "'model_type' is qwen2, but ")]
    [InlineData("tie_word_embeddings", "false", "model.gguf: tensor 'lm_head.weight' is missing")]
    public void Open_ConfigThatContradictsTheGguf_NamesTheField(string field, string json, string expected)
    {
        CopyZooConfig(("tie_word_embeddings", "true"), ("architectures", "null"), (field, json));
        using (var original = ModelFolder.Open(RepositoryFiles.ZooLlama))
        {
            _folder.Write("model.gguf", LlamaGguf.From(original).WithoutTensor("output.weight").Build());
        }

        AssertRefused(_folder.Path, expected, _folder["model.gguf"]);
    }

    [Fact]
    public void Open_GgufWithATensorOfNoUse_IsRefused()
    {
        using (var original = ModelFolder.Open(RepositoryFiles.ZooLlama))
        {
            _folder.Write("model.gguf", LlamaGguf.From(original).WithTensor("rope_factors_long.weight", [16], new float[16]).Build());
        }

        AssertRefused(_folder.Path, "model.gguf: tensor 'rope_factors_long.weight' has no place in a llama model");
    }

    [Fact]
    public void Open_GgufWithMissingTensor_NamesIt()
    {
        using (var original = ModelFolder.Open(RepositoryFiles.ZooLlama))
        {
            _folder.Write("model.gguf", LlamaGguf.From(original).WithoutTensor("blk.1.ffn_up.weight").Build());
        }

        AssertRefused(_folder.Path, "model.gguf: tensor 'model.layers.1.mlp.up_proj.weight' is missing");
    }

    [Fact]
    public void Open_PathsThatAreNoModel_AreOneClearLine()
    {
        AssertRefused(_folder["nothing"], "there is no such folder or file");
        AssertRefused(_folder.Path, "has no .safetensors and no .gguf file");
        AssertRefused(_folder.Write("model.bin", "x"), "a model is a folder or a .gguf file");
        AssertRefused(_folder.Write("one.gguf", "GGUF"), "the file ends here, at byte 4");
        _folder.Write("two.gguf", "GGUF");
        AssertRefused(_folder.Path, "holds 2 *.gguf files");
        File.Copy(Path.Combine(RepositoryFiles.ZooLlama, "model.safetensors"), _folder["model.safetensors"]);
        AssertRefused(_folder.Path, "config.json: cannot be opened");
    }

    [Fact]
    public void Dispose_OpenModel_ClosesItsFiles()
    {
        var model = ModelFolder.Open(RepositoryFiles.ZooLlama);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Weights.ReadRows(WeightNames.FinalNorm, 0, new float[128]));
    }

    private static void AssertRefused(string path, params string[] expected)
    {
        var exception = Assert.Throws<ModelFormatException>(() => ModelFolder.Open(path).Dispose());
        Assert.All(expected, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', exception.Message);
    }

    private void CopyZooConfig(params (string Field, string Json)[] changes)
    {
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.ZooLlama, "config.legacy.json")))!.AsObject();
        foreach (var (field, json) in changes)
        {
            config[field] = JsonNode.Parse(json);
        }

        _folder.Write("config.json", config.ToJsonString());
    }
}

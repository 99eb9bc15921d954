using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Lora;
using Inference.Models.Rotation;

namespace Inference.Models.Tests.Lora;

public sealed class LoraFolderTests
{
    private static readonly string LlamaA = Path.Combine(RepositoryFiles.Root, "tests", "data", "lora", "llama-a");

    [Fact]
    public void Open_PublishedAdapter_HasItsProjectionsInTheirSites()
    {
        using var adapter = LoraFolder.Open(LlamaA, LoraTestFolder.Base(), maxRank: 8);
        Assert.Equal(
            [(0, 128, 0, 128, 8), (0, 128, 192, 64, 8), (3, 256, 0, 128, 8), (4, 128, 0, 128, 8), (4, 128, 192, 64, 8), (7, 256, 0, 128, 8)],
            adapter.Projections.Select(part => (part.Site, part.InputSize, part.FirstOutput, part.OutputSize, part.Rank)).Order());
    }

    [Theory]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":6}""", 3f)]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":8,"use_rslora":true}""", 5.656854f)]
    [InlineData("""{"peft_type":"LORA","r":2}""", 4f)]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":6,"alpha_pattern":{"q_proj":10}}""", 5f)]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":6,"alpha_pattern":{"proj":10,"layers\\.[0-9]\\.self_attn\\.q_proj":14,"q_proj":2}}""", 7f)]
    [InlineData("""{"peft_type":"LORA","r":9,"lora_alpha":6,"rank_pattern":{"self_attn.q_proj":2}}""", 3f)]
    public void ReadB_AnyScaling_HasTheFactorInIt(string config, float factor)
    {
        using var folder = new LoraTestFolder { Config = config };
        var values = Enumerable.Range(0, 256).Select(i => (float)i).ToArray();
        folder.Tensors.With(LoraTestFolder.Prefix + "self_attn.q_proj.lora_A.weight", [2, 128], values);
        folder.Tensors.With(LoraTestFolder.Prefix + "self_attn.q_proj.lora_B.weight", [128, 2], values);
        using var adapter = folder.Open();
        var (part, read) = (Assert.Single(adapter.Projections), new float[256]);
        adapter.ReadA(part, read);
        Assert.Equal(values, read);
        adapter.ReadB(part, read);
        Assert.All(Enumerable.Range(0, 256), i => Assert.Equal(values[i] * factor, read[i], 1e-4f * values[i]));
    }

    [Fact]
    public void Open_PackedProjection_GivesEachPartItsRows()
    {
        using var folder = new LoraTestFolder { Config = """{"peft_type":"LORA","r":1,"lora_alpha":1}""" };
        const string Module = LoraTestFolder.Prefix + "self_attn.qkv_proj";
        folder.Tensors.With(Module + ".lora_A.weight", [1, 128], new float[128]);
        folder.Tensors.With(Module + ".lora_B.weight", [256, 1], [.. Enumerable.Range(0, 256).Select(i => (float)i)]);
        using var adapter = folder.Open("phi3");
        Assert.Equal([(0, 128), (128, 64), (192, 64)], adapter.Projections.Select(part => (part.FirstOutput, part.OutputSize)).Order());
        foreach (var part in adapter.Projections)
        {
            var read = new float[part.OutputSize];
            adapter.ReadB(part, read);
            Assert.Equal(Enumerable.Range(part.FirstOutput, part.OutputSize).Select(i => (float)i), read);
        }
    }

    [Fact]
    public void Open_FamilyWithHeadsInAnotherOrder_OrdersBAsTheModelsRows()
    {
        using var model = ModelFolder.Open(RepositoryFiles.ZooModel("gpt_neox"));
        var stored = model.Family.MapOf(model.Spec).Views[WeightNames.Key(0)];
        using var folder = new LoraTestFolder { Config = """{"peft_type":"LORA","r":1,"lora_alpha":1}""" };
        var outputs = (int)stored.Rows!.Total;
        const string Module = "base_model.model.gpt_neox.layers.0.attention.query_key_value";
        folder.Tensors.With(Module + ".lora_A.weight", [1, 128], new float[128]);
        folder.Tensors.With(Module + ".lora_B.weight", [outputs, 1], [.. Enumerable.Range(0, outputs).Select(i => (float)i)]);
        using var adapter = folder.Open("gpt_neox");
        var key = adapter.Projections.Single(part => part.Target.Weight == WeightNames.Key(0));
        var read = new float[key.OutputSize];
        adapter.ReadB(key, read);
        Assert.Equal(Enumerable.Range(0, key.OutputSize).Select(row => (float)stored.Rows.StoredRow(row)), read);
        Assert.NotEqual(read.Order(), read);
    }

    /// <summary>In int8 the model computes W' = R (W diag(g)) R; an adapter must come out as W' of its own product would.</summary>
    [Fact]
    public void Read_RotatedModel_GivesTheRotatedProduct()
    {
        using var model = ModelFolder.Open(RepositoryFiles.ZooLlama);
        var rotations = RotatedWeights.RotationsOf(model.Spec);
        using var plain = LoraFolder.Open(LlamaA, LoraTestFolder.Base(), maxRank: 8);
        using var rotated = LoraFolder.Open(LlamaA, LoraTestFolder.Base(dtype: ModelDType.Int8), maxRank: 8);
        foreach (var (before, after) in plain.Projections.Zip(rotated.Projections))
        {
            var (expected, rotation) = (Product(plain, before), rotations[before.Target.Weight]);
            if (rotation.Norm is not null)
            {
                var norm = new float[before.InputSize];
                model.Weights.ReadRows(rotation.Norm, 0, norm);
                expected = [.. expected.Select((value, i) => value * norm[i % norm.Length])];
            }

            if (!rotation.IsOnline)
            {
                Hadamard.Transform(expected, rotation.InputBlock);
            }

            Hadamard.TransformColumns(expected, before.InputSize, rotation.OutputBlock);
            var actual = Product(rotated, after);
            Assert.All(Enumerable.Range(0, expected.Length), i => Assert.Equal(expected[i], actual[i], 1e-4f));
        }
    }

    private static float[] Product(LoraFolder adapter, LoraProjection part)
    {
        var (a, b) = (new float[part.Rank * part.InputSize], new float[part.OutputSize * part.Rank]);
        adapter.ReadA(part, a);
        adapter.ReadB(part, b);
        var product = new float[part.OutputSize * part.InputSize];
        for (var i = 0; i < product.Length; i++)
        {
            var (row, column) = Math.DivRem(i, part.InputSize);
            product[i] = Enumerable.Range(0, part.Rank).Sum(k => b[(row * part.Rank) + k] * a[(k * part.InputSize) + column]);
        }

        return product;
    }

    [Theory]
    [InlineData("""{"peft_type":"IA3","r":2}""", "'peft_type'")]
    [InlineData("""{"r":2}""", "'peft_type' is missing")]
    [InlineData("""{"peft_type":"LORA"}""", "'r' is missing")]
    [InlineData("""{"peft_type":"LORA","r":0}""", "'r'")]
    [InlineData("""{"peft_type":"LORA","r":-2147483648}""", "'r'")]
    [InlineData("""{"peft_type":"LORA","r":2,"use_dora":true}""", "'use_dora'")]
    [InlineData("""{"peft_type":"LORA","r":2,"bias":"all"}""", "'bias'")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_bias":true}""", "'lora_bias'")]
    [InlineData("""{"peft_type":"LORA","r":2,"modules_to_save":["lm_head"]}""", "'modules_to_save'")]
    [InlineData("""{"peft_type":"LORA","r":2,"layer_replication":[[0,2]]}""", "'layer_replication'")]
    [InlineData("""{"peft_type":"LORA","r":2,"trainable_token_indices":[1]}""", "'trainable_token_indices'")]
    [InlineData("""{"peft_type":"LORA","r":2,"alora_invocation_tokens":[1]}""", "'alora_invocation_tokens'")]
    [InlineData("""{"peft_type":"LORA","r":2,"use_something_new":true}""", "'use_something_new'")]
    [InlineData("""{"peft_type":"LORA","r":2,"init_lora_weights":"pissa_niter_4"}""", "'init_lora_weights'")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":1e300}""", "'lora_alpha'")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":"4"}""", "'lora_alpha' should be a number")]
    [InlineData("""{"peft_type":"LORA","r":2,"rank_pattern":{"q_proj":1.5}}""", "'rank_pattern'")]
    [InlineData("""{"peft_type":"LORA","r":2,"rank_pattern":{"(a+)+$(?=x)":2}}""", "'rank_pattern.")]
    [InlineData("""{"peft_type":"LORA","r":2,"rank_pattern":{"q_proj":4}}""", "has shape [2, 128]; model and configuration make it [4, 128]")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":5}""", "'target_modules'")]
    [InlineData("""["peft_type"]""", "is not an object")]
    public void Open_ConfigThatCannotBeServed_NamesTheField(string config, string message)
    {
        using var folder = new LoraTestFolder { Config = config }.With("self_attn.q_proj", 2, 128, 128);
        AssertRefused(() => folder.Open(), message);
    }

    [Fact]
    public void Open_FieldsOfTrainingAndEmptyOnes_AreNoObstacle()
    {
        using var folder = new LoraTestFolder
        {
            Config = """
                {"peft_type":"LORA","r":2,"lora_dropout":0.1,"use_dora":false,"modules_to_save":null,"bias":"none","new":{},"newer":[],"newest":"",
                "init_lora_weights":"gaussian","target_modules":"all-linear","fan_in_fan_out":true}
                """,
        }.With("self_attn.q_proj", 2, 128, 128);
        using var adapter = folder.Open();
        Assert.Single(adapter.Projections);
    }

    [Theory]
    [InlineData("self_attn.q_proj", 17, 128, 128, "has rank 17; --max-lora-rank is 16")]
    [InlineData("self_attn.q_proj", 2, 64, 128, "has shape [2, 64]")]
    [InlineData("self_attn.q_proj", 2, 128, 64, "lora_B.weight' has shape [64, 2]; model and configuration make it [128, 2]")]
    [InlineData("self_attn.w_proj", 2, 128, 128, "is for no projection")]
    [InlineData("mlp.experts.0.gate_proj", 2, 128, 256, "is for no projection")]
    public void Open_TensorsThatDoNotFit_NamesTheTensor(string module, int rank, int inputs, int outputs, string message)
    {
        using var folder = new LoraTestFolder { Config = $$"""{"peft_type":"LORA","r":{{rank}}}""" }.With(module, rank, inputs, outputs);
        AssertRefused(() => folder.Open(), message);
    }

    [Theory]
    [InlineData("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", "has no lora_B weight")]
    [InlineData("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", "is no lora_A weight")]
    [InlineData("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", "is no lora_A weight")]
    [InlineData("base_model.model.lm_head.weight", "is no lora_A weight")]
    [InlineData("base_model.model.model.embed_tokens.lora_embedding_A", "is no lora_A weight")]
    [InlineData("base_model.model.lora_A.weight", "is no lora_A weight")]
    public void Open_TensorThatIsNoPair_NamesIt(string name, string message)
    {
        using var folder = new LoraTestFolder().With("self_attn.v_proj", 2, 128, 64);
        folder.Tensors.With(name, [2, 128], new float[256]);
        AssertRefused(() => folder.Open(), $"tensor '{name}' {message}");
    }

    [Fact]
    public void Open_ProjectionChangedTwice_NamesTheTensor()
    {
        using var folder = new LoraTestFolder().With("self_attn.q_proj", 2, 128, 128);
        folder.Tensors.With("base_model.model.layers.0.self_attn.q_proj.lora_A.weight", [2, 128], new float[256]);
        folder.Tensors.With("base_model.model.layers.0.self_attn.q_proj.lora_B.weight", [128, 2], new float[256]);
        AssertRefused(() => folder.Open(), "changes a projection that another tensor changes");
    }

    [Fact]
    public void Open_NoTensors_SaysSo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("adapter_config.json", """{"peft_type":"LORA","r":2}""");
        folder.Write("adapter_model.safetensors", [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        AssertRefused(() => LoraFolder.Open(folder.Path, LoraTestFolder.Base(), 8), "has no tensors");
    }

    [Fact]
    public void Open_FilesThatAreNotThere_NamesThem()
    {
        var model = LoraTestFolder.Base();
        using var folder = new TemporaryFolder();
        AssertRefused(() => LoraFolder.Open(folder["none"], model, 8), "there is no such folder");
        AssertRefused(() => LoraFolder.Open(folder.Path, model, 8), "adapter_config.json");
        folder.Write("adapter_config.json", """{"peft_type":"LORA","r":2}""");
        folder.Write("adapter_model.bin", "pickle");
        AssertRefused(() => LoraFolder.Open(folder.Path, model, 8), "has no adapter_model.safetensors");
    }

    [Fact]
    public void Open_MutatedFiles_GivesNothingButFormatErrors()
    {
        var (random, model) = (new Random(7), LoraTestFolder.Base());
        using var folder = new TemporaryFolder();
        byte[][] contents = [.. new[] { "adapter_config.json", "adapter_model.safetensors" }.Select(name => File.ReadAllBytes(Path.Combine(LlamaA, name)))];
        for (var i = 0; i < 200; i++)
        {
            byte[][] mutated = [(byte[])contents[0].Clone(), (byte[])contents[1].Clone()];
            var file = mutated[i % 2];
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                file[random.Next(Math.Min(file.Length, 1300))] = (byte)random.Next(256);
            }

            folder.Write("adapter_config.json", mutated[0]);
            folder.Write("adapter_model.safetensors", random.Next(8) == 0 ? mutated[1][..random.Next(mutated[1].Length)] : mutated[1]);
            try
            {
                using var adapter = LoraFolder.Open(folder.Path, model, 8);
                foreach (var part in adapter.Projections)
                {
                    Product(adapter, part);
                }
            }
            catch (ModelFormatException exception)
            {
                Assert.DoesNotContain('\n', exception.Message);
            }
        }
    }

    private static void AssertRefused(Func<LoraFolder> open, string message)
    {
        var exception = Assert.Throws<ModelFormatException>(() => open().Dispose());
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}

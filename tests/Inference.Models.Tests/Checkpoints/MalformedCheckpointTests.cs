using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Tests.Gguf;
using Inference.Models.Tests.Packed;
using Inference.Models.Tests.SafeTensors;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>
/// Checkpoints with something changed in a config or a header: either they open and every weight can be read, or one line says what is
/// wrong in which file; and never is more than twice the checkpoint's size allocated on the way. The mutations are the same each time;
/// the environment variable MUTATION_SEED asks for others. (Tokenizers: MutationTests of Inference.Tokenization.)
/// </summary>
public sealed class MalformedCheckpointTests : IDisposable
{
    private const int Mutations = 200;

    private readonly TemporaryFolder _folder = new();
    private readonly int _seed = int.Parse(Environment.GetEnvironmentVariable("MUTATION_SEED") ?? "1", CultureInfo.InvariantCulture);
    private readonly Random _random;
    private readonly Mutator _mutator;

    public MalformedCheckpointTests()
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {_seed}");
        _random = new Random(_seed);
        _mutator = new Mutator(_random);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("llama")]
    [InlineData("gemma3")]
    [InlineData("phi3-longrope")]
    [InlineData("gpt2")]
    [InlineData("falcon40b")]
    public void Open_MutatedConfig_WorksOrSaysWhy(string model)
    {
        Copy(RepositoryFiles.ZooModel(model), "config.json", "model.safetensors");
        Mutate("config.json", _mutator.Json);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt_neox")]
    public void Open_MutatedSafeTensorsHeader_WorksOrSaysWhy(string model)
    {
        Copy(RepositoryFiles.ZooModel(model), "config.json", "model.safetensors");
        Mutate("model.safetensors", MutateSafeTensors);
    }

    [Fact]
    public void Open_MutatedIndex_WorksOrSaysWhy()
    {
        Copy(RepositoryFiles.ZooLlama, "config.json");
        using var original = ModelFolder.Open(RepositoryFiles.ZooLlama);
        var (map, shard) = (new JsonObject(), new SafeTensorsBuilder());
        foreach (var (name, shape) in RequiredWeights.Of(original.Spec))
        {
            shard.With(name, [.. shape], new float[TensorShape.ElementCount(shape)]);
            map[name] = "model-1.safetensors";
        }

        _folder.Write("model-1.safetensors", shard.Build());
        _folder.Write("model.safetensors.index.json", new JsonObject { ["weight_map"] = map }.ToJsonString());
        Mutate("model.safetensors.index.json", _mutator.Json);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public void Open_MutatedPackedCheckpoint_WorksOrSaysWhy(string file)
    {
        var packed = new PackedCheckpoint(4, 32) { IsShuffled = true };
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.ZooLlama, "config.json")))!.AsObject();
        config["quantization_config"] = packed.Config;
        _folder.Write("config.json", config.ToJsonString());
        using (var original = ModelFolder.Open(RepositoryFiles.ZooLlama))
        {
            _folder.Write("model.safetensors", packed.Pack(original).Build());
        }

        Mutate(file, file == "config.json" ? _mutator.Json : MutateSafeTensors);
    }

    [Fact]
    public void Open_MutatedGgufHeader_WorksOrSaysWhy()
    {
        using (var original = ModelFolder.Open(RepositoryFiles.ZooLlama))
        {
            _folder.Write("model.gguf", LlamaGguf.From(original)
                .With("tokenizer.ggml.model", "gpt2")
                .With("tokenizer.ggml.tokens", Enumerable.Range(0, 512).Select(i => $"token {i}").ToArray())
                .With("tokenizer.ggml.token_type", new int[512])
                .With("tokenizer.ggml.scores", new float[512])
                .Build());
        }

        // The tensors' data, which no reader looks into, is all but the first part.
        Mutate("model.gguf", bytes => [.. _mutator.Bytes(bytes[..16384]), .. bytes[16384..]]);
    }

    private byte[] MutateSafeTensors(byte[] file)
    {
        var length = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        if (_random.Next(5) == 0)
        {
            return [.. _mutator.Bytes(file[..length]), .. file[length..]];
        }

        return SafeTensorsBuilder.Build(System.Text.Encoding.UTF8.GetString(_mutator.Json(file[8..length])), file[length..]);
    }

    private void Copy(string from, params string[] names)
    {
        foreach (var name in names)
        {
            _folder.Write(name, File.ReadAllBytes(Path.Combine(from, name)));
        }
    }

    private void Mutate(string name, Func<byte[], byte[]> mutate)
    {
        var original = File.ReadAllBytes(_folder[name]);
        OpenAndRead(); // What is only made once is made before anything is measured.
        var refused = 0;
        for (var i = 0; i < Mutations; i++)
        {
            _folder.Write(name, mutate(original));
            var size = Directory.GetFiles(_folder.Path).Sum(file => new FileInfo(file).Length);
            var outcome = "opened";
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                OpenAndRead();
            }
            catch (ModelFormatException exception)
            {
                refused++;
                outcome = exception.Message;
                Assert.Contains(_folder.Path, exception.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(exception.Message, char.IsControl);
                Assert.InRange(exception.Message.Length, 1, 1000);
            }
            catch (Exception exception)
            {
                _folder.Write(name, original);
                Assert.Fail($"Mutation {i} of seed {_seed}: {exception}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= 2 * size, $"Mutation {i} of seed {_seed}: {allocated} bytes for a checkpoint of {size} ({outcome})");
        }

        Assert.InRange(refused, 1, Mutations);
    }

    /// <summary>As far as a conversion goes before it writes, and a row of each weight.</summary>
    private void OpenAndRead()
    {
        using var model = ModelFolder.Open(_folder.Path);
        ConversionSize.Of(new ConversionInput(model.Spec, model.Weights, model.SourceFiles), new ConversionOptions());
        foreach (var (name, shape) in ConversionSize.Parameters(model.Spec).Select(weight => (weight.Name, Shape(model, weight.Name))))
        {
            model.Weights.ReadRows(name, 0, new float[shape[^1]]);
        }

        static IReadOnlyList<long> Shape(ModelFolder model, string name)
        {
            Assert.True(model.Weights.TryGetShape(name, out var shape));
            return shape;
        }
    }
}

using System.Text.Json.Nodes;
using Inference.Models.Checkpoints;
using Inference.Models.Tests.SafeTensors;

namespace Inference.Models.Tests.Packed;

public sealed class PackedWeightSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4, 32, false, false, false, true)]
    [InlineData(4, 32, false, false, false, false)]
    [InlineData(4, 64, false, true, false, false)]
    [InlineData(4, 32, false, false, true, false)]
    [InlineData(4, 48, false, true, true, false)]
    [InlineData(8, 32, false, false, false, true)]
    [InlineData(2, 64, false, true, false, false)]
    [InlineData(4, -1, false, false, false, false)]
    [InlineData(4, 32, true, false, false, false)]
    [InlineData(4, 128, true, false, false, false)]
    [InlineData(4, -1, true, false, false, false)]
    public void ReadRows_PackedProjections_EqualsWhatIsMeant(
        int bits, int groupSize, bool isAwq, bool isSecondFormat, bool isShuffled, bool isSymmetric)
    {
        var packed = new PackedCheckpoint(bits, groupSize)
        {
            IsAwq = isAwq, IsSecondFormat = isSecondFormat, IsShuffled = isShuffled, IsSymmetric = isSymmetric,
        };
        Write(packed);

        using var model = ModelFolder.Open(_folder.Path);

        foreach (var (name, shape) in RequiredWeights.Of(model.Spec).Where(weight => packed.Expected.ContainsKey(weight.Name)))
        {
            var (rows, columns) = ((int)shape[0], (int)shape[1]);
            var actual = new float[rows * columns];
            model.Weights.ReadRows(name, 0, actual);
            Assert.Equal(packed.Expected[name], actual);
            model.Weights.ReadRows(name, rows - 3, actual.AsSpan(0, 2 * columns));
            Assert.Equal(packed.Expected[name][((rows - 3) * columns)..((rows - 1) * columns)], actual[..(2 * columns)]);
        }

        Assert.Equal(14, packed.Expected.Count);
    }

    [Fact]
    public void Open_SettingsInAFileOfTheirOwn_ReadsThemAndListsTheFile()
    {
        var packed = new PackedCheckpoint(4, 32) { IsShuffled = true };
        Write(packed, config => config.Remove("quantization_config"));
        var settings = packed.Config;
        settings.Remove("quant_method");
        _folder.Write("quantize_config.json", settings.ToJsonString());

        using var model = ModelFolder.Open(_folder.Path);

        Assert.Equal(["config.json", "quantize_config.json", "model.safetensors"], model.SourceFiles.Select(Path.GetFileName));
        var name = WeightNames.Down(1);
        var actual = new float[packed.Expected[name].Length];
        model.Weights.ReadRows(name, 0, actual);
        Assert.Equal(packed.Expected[name], actual);
    }

    [Fact]
    public async Task ReadRows_ManyReadersOfDifferentMatrices_EachGetsItsOwn()
    {
        var packed = new PackedCheckpoint(4, 32) { IsAwq = true };
        Write(packed);
        using var model = ModelFolder.Open(_folder.Path);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
            (i, _) =>
            {
                var (name, expected) = packed.Expected.ElementAt(i % packed.Expected.Count);
                Assert.True(model.Weights.TryGetShape(name, out var shape));
                var row = new float[shape[1]];
                model.Weights.ReadRows(name, i % (int)shape[0], row);
                Assert.Equal(expected.Skip(i % (int)shape[0] * row.Length).Take(row.Length), row);
                return ValueTask.CompletedTask;
            });
    }

    [Theory]
    [InlineData("quant_method", "\"bitsandbytes\"", "'quantization_config.quant_method' 'bitsandbytes' is not supported, only awq and gptq")]
    [InlineData("quant_method", "null", "'quantization_config.quant_method' is missing")]
    [InlineData("bits", "3", "'quantization_config.bits' is 3, and not supported, only 2, 4, 8")]
    [InlineData("bits", "null", "'quantization_config.bits' is missing")]
    [InlineData("group_size", "0", "'quantization_config.group_size' is 0")]
    [InlineData("checkpoint_format", "\"marlin\"", "'quantization_config.checkpoint_format' 'marlin' is not supported")]
    [InlineData("dynamic", "{\"-:lm_head\": {}}", "'quantization_config.dynamic' sets other bits")]
    [InlineData("group_size", "64", "tensor 'model.layers.0.self_attn.q_proj.qzeros': has shape [4, 16]; with this .qweight it should be [2, 16]")]
    [InlineData("bits", "8", "tensor 'model.layers.0.self_attn.q_proj.qzeros': has shape [4, 16]; with this .qweight it should be [2, 32]")]
    public void Open_SettingsThatCannotBeRead_AreOneClearLine(string field, string json, string expected)
    {
        Write(new PackedCheckpoint(4, 32), config => config["quantization_config"]![field] = JsonNode.Parse(json));
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("zero_point", "false", "'quantization_config.zero_point' is false, and not supported")]
    [InlineData("version", "\"gemv\"", "'quantization_config.version' 'gemv' is not supported, only gemm")]
    [InlineData("bits", "8", "'quantization_config.bits' is 8, and not supported, only 4")]
    public void Open_AwqSettingsThatCannotBeRead_AreOneClearLine(string field, string json, string expected)
    {
        Write(new PackedCheckpoint(4, 32) { IsAwq = true }, config => config["quantization_config"]![field] = JsonNode.Parse(json));
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("qweight", "F32", new[] { 16L, 128 }, "q_proj.qweight': is missing, or not of type I32")]
    [InlineData("qweight", "I32", new[] { 2048L }, "q_proj.qweight': has shape [2048], not 2 dimensions")]
    [InlineData("qweight", "I64", new[] { 8L, 128 }, "q_proj.qweight': is of type I64, not I32")]
    [InlineData("qzeros", null, null, "q_proj.qzeros': is missing")]
    [InlineData("scales", null, null, "q_proj.scales': is missing")]
    [InlineData("scales", "F16", new[] { 4L, 127 }, "q_proj.scales': has shape [4, 127]; with this .qweight it should be [4, 128]")]
    [InlineData("g_idx", "I32", new[] { 127L }, "q_proj.g_idx': has shape [127]")]
    public void Open_TensorsThatDoNotFit_AreOneClearLine(string tensor, string? type, long[]? shape, string expected)
    {
        const string Module = "model.layers.0.self_attn.q_proj.";
        var builder = Build(new PackedCheckpoint(4, 32)).Without(Module + tensor);
        if (type is not null)
        {
            var bytes = type switch { "F16" => 2, "I64" => 8, _ => 4 };
            builder.With(Module + tensor, type, shape!, new byte[shape!.Aggregate((long)bytes, (product, size) => product * size)]);
        }

        _folder.Write("model.safetensors", builder.Build());
        AssertRefused(expected);
    }

    [Fact]
    public void ReadRows_GroupThatThereIsNot_IsOneClearLine()
    {
        var groups = new byte[128 * 4];
        groups[40] = 4;
        _folder.Write("model.safetensors", Build(new PackedCheckpoint(4, 32))
            .Without("model.layers.0.self_attn.q_proj.g_idx")
            .With("model.layers.0.self_attn.q_proj.g_idx", "I32", [128], groups)
            .Build());
        using var model = ModelFolder.Open(_folder.Path);
        var exception = Assert.Throws<ModelFormatException>(() => model.Weights.ReadRows(WeightNames.Query(0), 0, new float[128]));
        Assert.EndsWith("tensor 'model.layers.0.self_attn.q_proj.g_idx': names group 4 of 4", exception.Message, StringComparison.Ordinal);
    }

    private void Write(PackedCheckpoint packed, Action<JsonObject>? change = null) =>
        _folder.Write("model.safetensors", Build(packed, change).Build());

    private SafeTensorsBuilder Build(PackedCheckpoint packed, Action<JsonObject>? change = null)
    {
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.ZooLlama, "config.json")))!.AsObject();
        config["quantization_config"] = packed.Config;
        change?.Invoke(config);
        _folder.Write("config.json", config.ToJsonString());
        using var original = ModelFolder.Open(RepositoryFiles.ZooLlama);
        return packed.Pack(original);
    }

    private void AssertRefused(string expected)
    {
        var exception = Assert.Throws<ModelFormatException>(() => ModelFolder.Open(_folder.Path).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(exception.Message, char.IsControl);
    }
}

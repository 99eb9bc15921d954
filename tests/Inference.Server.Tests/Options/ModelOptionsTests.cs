using System.Collections.Immutable;
using Inference.Models.Conversion;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Testing;
using Microsoft.Extensions.Configuration;

namespace Inference.Server.Tests.Options;

public sealed class ModelOptionsTests
{
    [Fact]
    public void Names_AreOptions() => Assert.All(ModelOptions.Names, name => Assert.Contains(OptionTable.All, option => option.Name == name));

    [Fact]
    public void Each_NoModel_IsOne() => Assert.Null(Assert.Single(Each()).Model);

    [Fact]
    public void Each_SeveralModels_HaveTheServersOptionsAndTheirOwn()
    {
        var each = Each(
            ("model", "a=A,max-num-seqs=8,kv-cache-memory=1GiB"), ("model", "b=B,block-size=32"), ("model", "C"), ("max-num-seqs", "16"), ("kv-cache-memory", "2GiB"));

        Assert.Equal(["A", "B", "C"], each.Select(options => options.Model));
        Assert.Equal([["a"], ["b"], []], each.Select(options => options.ServedModelNames.ToArray()));
        Assert.Equal([8, 16, 16], each.Select(options => options.MaxNumSeqs));
        Assert.Equal([16, 32, 16], each.Select(options => options.BlockSize));
        Assert.Equal([false, true, true], each.Select(options => options.SharesCacheMemory));
        Assert.Equal([1L << 30, 2L << 30, 2L << 30], each.Select(options => options.KvCacheMemory!.Value));
    }

    [Fact]
    public void Read_EnvironmentAndSettings_GiveSeveral()
    {
        var environment = OptionsReader.Read(
            new Dictionary<string, IReadOnlyList<string>>(), name => name == "INFERENCE_MODEL" ? "a=A,dtype=int8; b=B" : null, new ConfigurationBuilder().Build());
        var settings = OptionsReader.Read(
            new Dictionary<string, IReadOnlyList<string>>(),
            _ => null,
            new ConfigurationBuilder().AddInMemoryCollection([new("Inference:Model:0", "a=A,dtype=int8"), new("Inference:Model:1", "b=B")]).Build());

        foreach (var options in new[] { environment, settings })
        {
            Assert.Equal([("A", "int8"), ("B", "auto")], ModelOptions.Each(options).Select(own => (own.Model!, own.Dtype)));
        }
    }

    [Theory]
    [InlineData("a=A,port=1", "--model: 'port' is not an option of a model; those are dtype, kv-cache-dtype,")]
    [InlineData("a=A,dtype=int3", "--model a: dtype 'int3': must be one of: auto, float32, int8")]
    [InlineData("a=A,max-num-seqs=1000", "--max-num-batched-tokens 256: must be at least --max-num-seqs (1000)")]
    [InlineData("=A", "--model '=A': must be PATH or NAME=PATH, and not empty")]
    public void Read_WrongModel_SaysWhatAndWhose(string model, string message) =>
        Assert.StartsWith(message, Assert.Throws<OptionException>(() => Each(("model", model))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("dtype=int8")]
    [InlineData("threads=1,kv-cache-memory=1GiB")]
    public void LoadAll_EmbeddingModelWithAnOptionOfGenerating_NamesIt(string own)
    {
        var options = OptionsReader.Read(
            new Dictionary<string, IReadOnlyList<string>> { ["model"] = [$"words={RepositoryFiles.MiniLm},{own}"] }, _ => null, new ConfigurationBuilder().Build());

        var error = Assert.Throws<OptionException>(() => ModelLoader.LoadAll(options, new Progress<ConversionProgress>(), TimeProvider.System));

        var name = own.Split(',')[^1].Split('=')[0];
        Assert.StartsWith($"--model words: {name} does not concern an embedding model; those that do are max-model-len,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmbedderNames_AreOptionsOfModels() => Assert.Subset(ModelOptions.Names.ToHashSet(), ModelOptions.EmbedderNames.ToHashSet());

    [Theory]
    [InlineData("a=A")]
    [InlineData("A", "B")]
    public void Read_NamesTwoWays_IsRefused(params string[] models) => Assert.StartsWith(
        "--served-model-name: names are given with --model NAME=PATH",
        Assert.Throws<OptionException>(() => Each([.. models.Select(model => ("model", model)), ("served-model-name", "x")])).Message,
        StringComparison.Ordinal);

    private static ImmutableArray<ServerOptions> Each(params (string Name, string Value)[] commandLine) => ModelOptions.Each(OptionsReader.Read(
        commandLine.GroupBy(given => given.Name).ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group.Select(given => given.Value)]),
        _ => null,
        new ConfigurationBuilder().Build()));
}

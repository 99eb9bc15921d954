using Inference.Engine.Scheduling;
using Inference.Server.Options;
using Microsoft.Extensions.Configuration;

namespace Inference.Server.Tests.Options;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Read_Nothing_GivesTheDefaults()
    {
        var options = Read();

        Assert.Equal(("localhost", 8080, null), (options.Host, options.Port, options.Model));
        Assert.Equal((256, 256, 1024, 16), (options.MaxNumSeqs, options.MaxNumBatchedTokens, options.MaxQueueLength, options.BlockSize));
        Assert.Equal(TimeSpan.FromSeconds(30), options.DrainTimeout);
    }

    [Fact]
    public void Read_AllSources_CommandLineWinsThenEnvironmentThenFile()
    {
        var options = Read(
            commandLine: [("port", "1")],
            environment: [("INFERENCE_PORT", "2"), ("INFERENCE_MAX_NUM_SEQS", "2")],
            settings: [("Inference:Port", "3"), ("Inference:MaxNumSeqs", "3"), ("Inference:BlockSize", "32")]);

        Assert.Equal((1, 2, 32), (options.Port, options.MaxNumSeqs, options.BlockSize));
    }

    [Fact]
    public void Read_NamesOfLmi_AreTheSameOptions()
    {
        var options = Read(environment:
        [
            ("OPTION_MAX_ROLLING_BATCH_SIZE", "32"), ("OPTION_MAX_ROLLING_BATCH_PREFILL_TOKENS", "1024"), ("OPTION_ROLLING_BATCH", "disable"),
            ("OPTION_BATCH_SIZE", "8"), ("OPTION_MAX_BATCH_DELAY", "50"), ("OPTION_PAGED_ATTENTION", "false"),
        ]);

        Assert.Equal((32, 1024, 8), (options.MaxNumSeqs, options.MaxNumBatchedTokens, options.BatchSize));
        Assert.Equal((BatchingMode.Dynamic, CacheAllocation.Contiguous), (options.Batching, options.Allocation));
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.MaxBatchDelay);
    }

    [Fact]
    public void Read_OurNameAndLmis_OursWins() =>
        Assert.Equal(7, Read(environment: [("OPTION_BATCH_SIZE", "8"), ("INFERENCE_BATCH_SIZE", "7")]).BatchSize);

    [Fact]
    public void Read_WeightsForOtherThanTheKeys_IsRefused() => Assert.Equal(
        "--api-key-weights: 1 weights for 2 keys; there must be one for each of --api-key",
        Assert.Throws<OptionException>(() => Read(commandLine: [("api-key", "a,b"), ("api-key-weights", "2")])).Message);

    [Theory]
    [InlineData("port", "65536", "--port '65536': must be a whole number from 0 to 65535")]
    [InlineData("port", "8o8o", "--port '8o8o': must be a whole number from 0 to 65535")]
    [InlineData("port", "", "--port '': must be a whole number from 0 to 65535")]
    [InlineData("host", "example", "--host 'example': must be an IP address, localhost or *")]
    [InlineData("block-size", "17", "--block-size '17': must be a power of two from 16 to 1024")]
    [InlineData("dtype", "int3", "--dtype 'int3': must be one of: auto, float32, int8")]
    [InlineData("kv-cache-dtype", "fp8", "--kv-cache-dtype 'fp8': must be one of: auto, float32, int8")]
    [InlineData("max-model-len", "0", "--max-model-len '0': must be a whole number from 1 to 16777216")]
    [InlineData("kv-cache-memory", "1XB", "--kv-cache-memory '1XB': must be a size such as 512MiB, 1GiB or 1073741824")]
    [InlineData("served-model-name", "a,,b", "--served-model-name 'a,,b': must be one or more texts separated by commas")]
    [InlineData("api-key", "secret,", "--api-key: must be one or more texts separated by commas")]
    [InlineData("drain-timeout", "-1", "--drain-timeout '-1': must be a whole number from 0 to 86400")]
    [InlineData("scheduling-policy", "lifo", "--scheduling-policy 'lifo': must be one of: fcfs, priority, fair, deadline")]
    [InlineData("enable-prefix-caching", "yes", "--enable-prefix-caching 'yes': must be true or false")]
    [InlineData("schedule-conservativeness", "NaN", "--schedule-conservativeness 'NaN': must be a number from 0 to 10")]
    [InlineData("speculative-config", "ngram", "--speculative-config 'ngram': must be a JSON object such as {\"method\": \"ngram\", \"num_speculative_tokens\": 5}")]
    [InlineData("speculative-config", "{}", "--speculative-config '{}': method must be \"ngram\"")]
    [InlineData("model", " ", "--model ' ': must not be empty")]
    [InlineData("lora", "sql", "--lora 'sql': must be NAME=PATH")]
    [InlineData("lora", "=/adapters/sql", "--lora '=/adapters/sql': must be NAME=PATH")]
    [InlineData("max-lora-rank", "513", "--max-lora-rank '513': must be a whole number from 1 to 512")]
    [InlineData("max-num-batched-tokens", "8", "--max-num-batched-tokens 8: must be at least --max-num-seqs (256)")]
    public void Read_WrongValue_NamesOptionAndValue(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<OptionException>(() => Read(commandLine: [(name, value)])).Message);

    [Fact]
    public void Read_WrongValueElsewhere_NamesTheSource()
    {
        Assert.StartsWith("INFERENCE_THREADS 'x':", Assert.Throws<OptionException>(() => Read(environment: [("INFERENCE_THREADS", "x")])).Message, StringComparison.Ordinal);
        Assert.StartsWith("Inference:Threads 'x':", Assert.Throws<OptionException>(() => Read(settings: [("Inference:Threads", "x")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownSetting_IsRefused() => Assert.Equal(
        "Inference:Prot is not an option; see --help",
        Assert.Throws<OptionException>(() => Read(settings: [("Inference:Prot", "1")])).Message);

    [Fact]
    public void Read_ArrayInSettings_IsAList() =>
        Assert.Equal(["a", "b"], Read(settings: [("Inference:ServedModelName:0", "a"), ("Inference:ServedModelName:1", "b")]).ServedModelNames);

    [Fact]
    public void Read_KubernetesServiceVariable_IsNotAPort() =>
        Assert.Equal(8080, Read(environment: [("INFERENCE_PORT", "tcp://10.0.0.1:80")]).Port);

    [Fact]
    public void Read_LongValue_IsCutToOneLine()
    {
        var message = Assert.Throws<OptionException>(() => Read(commandLine: [("port", "1\n" + new string('x', 10_000))])).Message;

        Assert.DoesNotContain('\n', message);
        Assert.True(message.Length < 250);
    }

    private static ServerOptions Read(
        (string, string)[]? commandLine = null,
        (string, string)[]? environment = null,
        (string, string)[]? settings = null)
    {
        var variables = (environment ?? []).ToDictionary(entry => entry.Item1, entry => entry.Item2);
        return OptionsReader.Read(
            (commandLine ?? []).GroupBy(entry => entry.Item1).ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group.Select(entry => entry.Item2)]),
            name => variables.GetValueOrDefault(name),
            new ConfigurationBuilder()
                .AddInMemoryCollection((settings ?? []).Select(entry => KeyValuePair.Create(entry.Item1, (string?)entry.Item2)))
                .Build());
    }
}

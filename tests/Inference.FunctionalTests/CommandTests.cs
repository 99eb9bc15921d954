using System.Net.Http.Json;
using System.Text.Json;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>The commands besides serving, as people run them.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Convert_WithOutput_GivesAFolderThatIsServedAlone()
    {
        var (package, cache) = (Path.Combine(_folder.Path, "package"), Path.Combine(_folder.Path, "cache"));
        var (code, output, errors) = await RunAsync(["convert", RepositoryFiles.ZooLlama, "--dtype", "float32", "--cache-dir", cache, "--output", package]);

        Assert.Empty(errors);
        Assert.Equal(0, code);
        Assert.StartsWith("llama in float32, cache in float32: ", output[^1], StringComparison.Ordinal);
        Directory.Delete(cache, recursive: true);
        Assert.Equal(await CompleteAsync(RepositoryFiles.ZooLlama), await CompleteAsync(package));
    }

    [Theory]
    [InlineData("--dtype int8", "inference: --dtype int8: the model was converted to float32")]
    [InlineData("--kv-cache-dtype int8", "inference: --kv-cache-dtype int8: the model was converted to float32")]
    public async Task Serve_PackageInOtherNumbers_IsRefused(string option, string message)
    {
        var (package, cache) = (Path.Combine(_folder.Path, "package"), Path.Combine(_folder.Path, "cache"));
        await RunAsync(["convert", RepositoryFiles.ZooLlama, "--dtype", "float32", "--cache-dir", cache, "--output", package]);

        var (code, _, errors) = await RunAsync(["--port", "0", "--model", package, .. option.Split(' ')]);

        Assert.Equal((2, message), (code, Assert.Single(errors)));
    }

    [Fact]
    public async Task Inspect_Model_TellsPartsMemoryAndFeatures()
    {
        var (code, output, _) = await RunAsync(["inspect", RepositoryFiles.ZooLlama, "--kv-cache-memory", "1MiB"]);

        Assert.Equal(0, code);
        string[] expected =
        [
            "Model             llama, family llama",
            "Context           512 tokens",
            "0 to 1             147,712   each: 4 heads of 32 on 2 of keys and values, rotary at 10000, gated MLP of 256 with silu, RMS norms before",
            "  int8 / int8       ",
            "<- as the options are",
            "  --dtype int8            yes",
        ];
        Assert.All(expected, line => Assert.Contains(output, actual => actual.Contains(line, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("gemma3", "0 to 1", "window of 16, rotary at 10000", "layer 2", "rotary at 1000000")]
    [InlineData("falcon-rw", "0 to 1", "linear biases", "--dtype int8", "no: a falcon model's norms")]
    [InlineData("phi", "0 to 1", "rotary at 10000 on 16", "serving", "tokenizer.json")]
    public async Task Inspect_OtherFamilies_TellsWhatIsTheirOwn(string model, params string[] pairs)
    {
        var (code, output, _) = await RunAsync(["inspect", RepositoryFiles.ZooModel(model)]);

        Assert.Equal(0, code);
        Assert.All(pairs.Chunk(2), pair => Assert.Contains(
            output, line => line.Contains(pair[0], StringComparison.Ordinal) && line.Contains(pair[1], StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("convert /no/such/model", 1, "inference: /no/such/model: there is no such folder or file")]
    [InlineData("inspect /no/such/model", 1, "inference: /no/such/model: there is no such folder or file")]
    [InlineData("convert --dtype int3", 2, "inference: --dtype 'int3': must be one of: auto, float32, int8")]
    [InlineData("convert --port 1", 2, "inference: Unrecognized command or argument '--port'; see --help")]
    [InlineData("inspect a b", 2, "inference: Unrecognized command or argument 'b'; see --help")]
    public async Task Run_WrongUse_IsOneLineAndAnExitCode(string arguments, int exitCode, string message)
    {
        var (code, output, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal((exitCode, message), (code, string.Join('|', errors)));
        Assert.Empty(output);
    }

    private static async Task<(int Code, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)> RunAsync(string[] arguments)
    {
        using var process = ServerExecutable.Start(arguments);
        var code = await process.ExitCodeAsync().WaitAsync(Limit, Cancellation);
        return (code, process.Output, process.Errors);
    }

    private static async Task<string?> CompleteAsync(string model)
    {
        using var server = ServerExecutable.Start(["--port", "0", "--model", $"m={model}", "--dtype", "float32", "--kv-cache-memory", "4MiB"]);
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync().WaitAsync(Limit, Cancellation), Timeout = Limit };
        using var response = await client.PostAsJsonAsync(
            "/v1/completions", new { model = "m", prompt = "Once upon a time", max_tokens = 12, temperature = 0 }, Cancellation);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return answer.GetProperty("choices")[0].GetProperty("text").GetString();
    }
}

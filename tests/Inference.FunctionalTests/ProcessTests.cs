using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>The executable as people start and stop it.</summary>
public sealed class ProcessTests
{
    private static readonly string SmallModel = RepositoryFiles.ZooLlama;

    [Theory]
    [InlineData("--port abc", 2, "inference: --port 'abc': must be a whole number from 0 to 65535")]
    [InlineData("serve --port 70000", 2, "inference: --port '70000': must be a whole number from 0 to 65535")]
    [InlineData("--prot 1", 2, "inference: Unrecognized command or argument '--prot'; see --help")]
    [InlineData("--port", 2, "inference: Required argument missing for option: '--port'; see --help")]
    [InlineData("--dtype int3", 2, "inference: --dtype 'int3': must be one of: auto, float32, int8")]
    [InlineData("--model /no/such/model", 1, "inference: /no/such/model: there is no such folder or file")]
    public async Task Start_WrongOption_IsOneLineAndAnExitCode(string arguments, int exitCode, string message)
    {
        using var server = ServerExecutable.Start(arguments.Split(' '));

        Assert.Equal(exitCode, await server.ExitCodeAsync());
        Assert.Equal([message], server.Errors);
        Assert.Empty(server.Output);
    }

    [Fact]
    public async Task Start_WrongVariable_NamesIt()
    {
        using var server = ServerExecutable.Start([], [("INFERENCE_BLOCK_SIZE", "7")]);

        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.Equal(["inference: INFERENCE_BLOCK_SIZE '7': must be a power of two from 16 to 1024"], server.Errors);
    }

    [Theory]
    [InlineData("{\"Inference\": {\"Prot\": 1}}", "Inference:Prot is not an option")]
    [InlineData("{\"Inference\": ", "appsettings.json")]
    public async Task Start_WrongSettings_AreNamed(string settings, string message)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "appsettings.json"), settings, TestContext.Current.CancellationToken);
        using var server = ServerExecutable.Start([], workingDirectory: folder.Path);

        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.Contains(message, Assert.Single(server.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "--kv-cache-memory")]
    [InlineData("--version", "0.1.0")]
    public async Task Start_Question_IsAnswered(string argument, string answer)
    {
        using var server = ServerExecutable.Start([argument]);

        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Contains(answer, string.Join('\n', server.Output), StringComparison.Ordinal);
        Assert.Empty(server.Errors);
    }

    [Theory]
    [InlineData("model.gguf", "GGUF\u0003")]
    [InlineData("model.gguf", "nonsense, and not a model at all")]
    [InlineData("model.safetensors", "\u0001\u0002\u0003")]
    public async Task Start_DamagedModel_IsOneLineThatNamesTheFile(string name, string content)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(SmallModel, "config.json"), Path.Combine(folder.Path, "config.json"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, name), content, Encoding.Latin1, TestContext.Current.CancellationToken);
        using var server = ServerExecutable.Start(["--model", folder.Path, "--cache-dir", Path.Combine(folder.Path, "cache")]);

        Assert.Equal(1, await server.ExitCodeAsync());
        Assert.Contains(name, Assert.Single(server.Errors), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "cache")));
    }

    [Theory]
    [InlineData("float32", "auto", 16384)]
    [InlineData("int8", "float32", 16384)]
    [InlineData("int8", "auto", 4608)]
    [InlineData("float32", "int8", 4608)]
    public async Task Start_CacheMemoryBelowABlock_SaysWhatABlockTakes(string dtype, string cacheDtype, int bytes)
    {
        using var server = ServerExecutable.Start(
            ["--model", SmallModel, "--dtype", dtype, "--kv-cache-dtype", cacheDtype, "--kv-cache-memory", "1000"]);

        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.Equal([$"inference: --kv-cache-memory 1000: one block of 16 tokens takes {bytes} bytes"], server.Errors);
    }

    [Fact]
    public async Task Start_HeadsThatAnInt8CacheCannotHold_NamesOptionAndField()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(SmallModel))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        // Twice as many heads of half the size: the same tensors.
        var path = Path.Combine(folder.Path, "config.json");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        (config["head_dim"], config["num_attention_heads"], config["num_key_value_heads"]) = (16, 8, 4);
        await File.WriteAllTextAsync(path, config.ToJsonString(), TestContext.Current.CancellationToken);
        using var server = ServerExecutable.Start(["--model", folder.Path, "--kv-cache-dtype", "int8"]);

        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.Equal(["inference: --kv-cache-dtype int8: head_dim is 16; int8 needs a multiple of 32 up to 512"], server.Errors);
    }

    [Theory]
    [InlineData("float32", "int8")]
    [InlineData("int8", "float32")]
    [InlineData("int8", "int8")]
    public async Task Serve_AnyPrecision_Answers(string dtype, string cacheDtype)
    {
        using var server = Serve("--port", "0", "--served-model-name", "tiny", "--dtype", dtype, "--kv-cache-dtype", cacheDtype);
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        using var content = new StringContent(
            """{"prompt": "a", "n": 4, "temperature": 0, "max_tokens": 40, "ignore_eos": true}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/v1/completions", content, TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"completion_tokens\":160", body, StringComparison.Ordinal);
        var texts = JsonNode.Parse(body)!["choices"]!.AsArray().Select(choice => choice!["text"]!.GetValue<string>());
        Assert.Single(texts.Distinct());
    }

    [Fact]
    public async Task Start_PortInUse_NamesTheOption()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var server = Serve("--host", "127.0.0.1", "--port", $"{port}");

        Assert.Equal(1, await server.ExitCodeAsync());
        Assert.StartsWith($"inference: --port {port}: cannot listen on 127.0.0.1:", Assert.Single(server.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_DuringAStream_FinishesItAndExitsWithZero(string signal)
    {
        using var server = Serve("--port", "0", "--served-model-name", "tiny");
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        using var content = new StringContent(
            """{"prompt": "a", "n": 16, "max_tokens": 400, "ignore_eos": true, "stream": true, "stream_options": {"include_usage": true}}""",
            Encoding.UTF8,
            "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = content };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        await server.SignalAsync(signal);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.Contains("\"completion_tokens\":6400", body, StringComparison.Ordinal);
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.DoesNotContain(server.Errors, line => line.Contains("fail", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Ready_Message_IsACommandThatWorks()
    {
        using var server = Serve("--port", "0");
        await server.ReadyAsync();

        var curl = server.Output.Single(line => line.StartsWith("curl ", StringComparison.Ordinal));
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", curl + " --silent"]) { RedirectStandardOutput = true })!;
        var answer = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.EndsWith("data: [DONE]\n\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("error", answer, StringComparison.Ordinal);
    }

    private static ServerExecutable Serve(params string[] arguments) =>
        ServerExecutable.Start(["--model", SmallModel, "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "64MiB", .. arguments]);
}

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Inference.Testing;

namespace Inference.FunctionalTests.Soak;

/// <summary>
/// The executable in a process of its own with a tiny model, and what can be seen of it from outside: its memory, and whether anything is left
/// of requests. The environment variable INFERENCE_SOAK=1 makes tests long.
/// </summary>
internal sealed partial class SoakServer : IDisposable
{
    private readonly ServerExecutable _server;

    private SoakServer(ServerExecutable server, Uri address)
    {
        _server = server;
        Address = address;
        Client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("INFERENCE_SOAK") is "1";

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>What it has complained about.</summary>
    public IReadOnlyList<string> Errors => _server.Errors;

    /// <summary>Its memory that is in RAM, in MiB.</summary>
    public double ResidentMemory
    {
        get
        {
            var status = File.ReadAllText($"/proc/{_server.ProcessId}/status");
            return double.Parse(ResidentSize().Match(status).Groups[1].Value, CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>How often to do something that an ordinary run does <paramref name="count"/> times.</summary>
    public static int Count(int count, int whenLong) => IsLong ? whenLong : count;

    public static async Task<SoakServer> StartAsync(params string[] options)
    {
        var server = ServerExecutable.Start(
        [
            "--model", RepositoryFiles.ZooLlama, "--port", "0", "--cache-dir", RepositoryFiles.ConversionCache,
            "--max-model-len", "96", "--num-blocks", "512", "--max-queue-length", "4096", "--data-dir", "none", .. options,
        ]);
        return new SoakServer(server, await server.ReadyAsync());
    }

    /// <summary>One number of /metrics, all label sets together.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var metrics = await Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return metrics.Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until nothing is left of requests: none runs or waits, no block is held, no answer is being written.</summary>
    public async Task IdleAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (await MetricAsync("vllm:num_requests_running") > 0
            || await MetricAsync("vllm:num_requests_waiting") > 0
            || await MetricAsync("vllm:kv_cache_usage_perc") > 0
            || !(await Client.GetStringAsync("/load", limit.Token)).Contains(":0}", StringComparison.Ordinal))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>That it answers an ordinary request, and has complained of nothing.</summary>
    public async Task AssertWellAsync()
    {
        await IdleAsync();
        using var content = new StringContent("""{"prompt": "a", "max_tokens": 4, "ignore_eos": true}""", Encoding.UTF8, "application/json");
        using var response = await Client.PostAsync("/v1/completions", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(Errors.Count == 0, string.Join('\n', Errors.Take(20)));
    }

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
    }

    [GeneratedRegex(@"VmRSS:\s+(\d+) kB")]
    private static partial Regex ResidentSize();
}

using System.Net;
using System.Text;

namespace Inference.FunctionalTests;

/// <summary>Who may call, from where, how much, and for how long.</summary>
public sealed class SecurityTests
{
    private const string Completions = "/v1/completions";

    [Fact]
    public async Task KeyFile_Changes_CountFromThenOn()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "keys");
        await File.WriteAllTextAsync(path, "# two keys\nold-key\n\n  other-key \n", TestContext.Current.CancellationToken);
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["fixed-key"], ApiKeyFile = path });

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "# two keys"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "old-key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "other-key"));
        await File.WriteAllTextAsync(path, "new-key\n", TestContext.Current.CancellationToken);
        await UntilAsync(async () => await StatusAsync(server, "new-key") == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "old-key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "fixed-key"));

        // Without a key in it nobody has one.
        await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        await UntilAsync(async () => await StatusAsync(server, "new-key") == HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("/tokenize", true)]
    [InlineData("/detokenize", true)]
    [InlineData("/v1/models", true)]
    [InlineData("/V1/models", true)]
    [InlineData("/health", false)]
    [InlineData("/ready", false)]
    [InlineData("/load", false)]
    [InlineData("/metrics", false)]
    public async Task Key_Asked_GuardsWhatReachesTheModel(string path, bool isGuarded)
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key"] });

        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(isGuarded, response.StatusCode == HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("https://a.example", "https://a.example")]
    [InlineData("https://b.example", null)]
    public async Task Origin_Allowed_GetsItsHeader(string origin, string? expected)
    {
        await using var server = await RunningServer.StartAsync(options => options with { AllowedOrigins = ["https://a.example"], ApiKeys = ["key"] });
        using var preflight = new HttpRequestMessage(HttpMethod.Options, Completions);
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var refused = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        refused.Headers.Add("Origin", origin);

        using var asked = await server.Client.SendAsync(preflight, TestContext.Current.CancellationToken);
        using var answer = await server.Client.SendAsync(refused, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, asked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        foreach (var response in new[] { asked, answer })
        {
            Assert.Equal(expected, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
        }
    }

    [Fact]
    public async Task Body_AboveTheLimit_Is413()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxBodySize = 1000 });

        using var response = await server.PostAsync(Completions, $"{{\"prompt\": \"{new string('a', 1000)}\"}}");

        await ErrorTests.AssertErrorAsync(response, 413, code: "request_too_large");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_BeyondTheTimeLimit_EndsWithAnError(bool stream)
    {
        await using var server = await RunningServer.StartAsync(options => options with { RequestTimeout = TimeSpan.FromSeconds(1) });
        server.Executor.Hold();

        // A step each time that nothing has come of it yet: the whole answer would take ten times as long as it may.
        var request = server.PostAsync(Completions, $"{{\"prompt\": \"A\", \"max_tokens\": 200, \"ignore_eos\": true, \"temperature\": 0, \"stream\": {(stream ? "true" : "false")}}}");
        await UntilAsync(() =>
        {
            server.Executor.ReleaseOne();
            return Task.FromResult(request.IsCompleted);
        });
        server.Executor.Release();
        using var response = await request;
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(stream ? HttpStatusCode.OK : HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Contains("\"code\":\"request_timeout\"", body, StringComparison.Ordinal);
        Assert.Equal(stream, body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
        await server.IdleAsync();
    }

    [Fact]
    public async Task Ready_FullQueue_Is503AndHealthStays()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxNumSeqs = 1, MaxQueueLength = 1 });
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, "/ready"));
        server.Executor.Hold();
        var running = server.PostAsync(Completions, """{"prompt": "A", "max_tokens": 200, "ignore_eos": true}""");
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        // The engine tells its state when it schedules: a step later it knows of the one that waits.
        var waiting = server.PostAsync(Completions, """{"prompt": "A", "max_tokens": 2}""");
        await UntilAsync(async () =>
        {
            server.Executor.ReleaseOne();
            await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
            return server.Engine.Status.Waiting == 1;
        });
        var (ready, health) = (await GetAsync(server, "/ready"), await GetAsync(server, "/health"));
        server.Executor.Release();
        using var first = await running;
        using var second = await waiting;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready, health));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Failure_Inside_TellsNothingOfIt()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.FailWith = _ => new InvalidOperationException("at /home/somebody/file.cs:line 7");
        using var content = new StringContent("""{"prompt": "A"}""", Encoding.UTF8, "application/json");

        using var response = await server.Client.PostAsync(Completions, content, TestContext.Current.CancellationToken);

        var error = await ErrorTests.AssertErrorAsync(response, 500);
        Assert.DoesNotContain("/home", error.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> GetAsync(RunningServer server, string path)
    {
        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}

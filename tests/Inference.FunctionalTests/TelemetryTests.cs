using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Inference.FunctionalTests;

/// <summary>What a collector and a scraper see.</summary>
public sealed class TelemetryTests
{
    private const string Chat = "/v1/chat/completions";

    [Fact]
    public async Task Otlp_Collector_GetsSpansInTheCallersTraceAndMetricsWithoutText()
    {
        await using var collector = await Collector.StartAsync();
        await using (var server = await RunningServer.StartAsync(options => options with { OtlpEndpoint = collector.Address }))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Chat)
            {
                Content = new StringContent("""{"messages": [{"role": "user", "content": "secretword"}], "temperature": 0, "max_tokens": 5}""", Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            await server.StopAsync();
        }

        var traces = collector.Received["/v1/traces"];
        Assert.All(["queue", "prefill", "decode", "chat alphabet", "gen_ai.usage.input_tokens"], text => Assert.True(Contains(traces, Encoding.UTF8.GetBytes(text)), text));
        Assert.True(Contains(traces, Convert.FromHexString("0af7651916cd43dd8448eb211c80319c")));
        var metrics = collector.Received["/v1/metrics"];
        Assert.All(["gen_ai.server.time_to_first_token", "vllm.generation_tokens"], text => Assert.True(Contains(metrics, Encoding.UTF8.GetBytes(text)), text));
        Assert.False(Contains(traces, "secretword"u8.ToArray()) || Contains(metrics, "secretword"u8.ToArray()));
    }

    [Fact]
    public async Task Metrics_OfGenerativeAi_AreBesideTheOthers()
    {
        await using var server = await RunningServer.StartAsync();
        await server.AskAsync(Chat, """{"messages": [{"role": "user", "content": "a"}], "temperature": 0, "max_tokens": 5}""");
        await server.IdleAsync();

        var metrics = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        foreach (var name in new[] { "gen_ai_server_request_duration", "gen_ai_server_time_to_first_token", "gen_ai_server_time_per_output_token" })
        {
            Assert.Contains($"{name}_count{{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"inference\",gen_ai_request_model=\"alphabet\",gen_ai_response_model=\"alphabet\"}} 1\n", metrics, StringComparison.Ordinal);
        }

        Assert.Contains("gen_ai_token_type=\"output\"} 5\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Otlp_Embeddings_HaveASpanWithoutText()
    {
        await using var collector = await Collector.StartAsync();
        await using (var server = await EmbeddingServer.StartAsync(options: options => options with { OtlpEndpoint = collector.Address }))
        {
            await server.AskAsync("/v1/embeddings", """{"input": "secretword"}""");
            await server.StopAsync();
        }

        var traces = collector.Received["/v1/traces"];
        Assert.All(["embeddings all-minilm", "gen_ai.usage.input_tokens"], text => Assert.True(Contains(traces, Encoding.UTF8.GetBytes(text)), text));
        Assert.False(Contains(traces, "secretword"u8.ToArray()));
    }

    private static bool Contains(ConcurrentQueue<byte[]> bodies, byte[] part) => bodies.Any(body => body.AsSpan().IndexOf(part) >= 0);

    /// <summary>Takes whatever is posted to it.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Collector(WebApplication app, ConcurrentDictionary<string, ConcurrentQueue<byte[]>> received)
        {
            _app = app;
            Received = received;
            Address = new Uri(app.Urls.First());
        }

        public Uri Address { get; }

        public ConcurrentDictionary<string, ConcurrentQueue<byte[]>> Received { get; }

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var received = new ConcurrentDictionary<string, ConcurrentQueue<byte[]>>();
            app.MapPost("/{**path}", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                received.GetOrAdd(context.Request.Path, _ => new()).Enqueue(body.ToArray());
            });
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new Collector(app, received);
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}

using Inference.Server.Batches;
using Inference.Server.Files;
using Inference.Server.Options;
using Inference.Server.Pages;
using Inference.Server.Responses;

namespace Inference.Server.Endpoints;

/// <summary>Every address that the server answers at.</summary>
internal static class EndpointMap
{
    /// <summary>Maps the OpenAI-style API and the operator's addresses.</summary>
    public static void MapInference(this WebApplication app)
    {
        var services = app.Services;
        Map(app, "/v1/completions", HttpMethods.Post, services.GetRequiredService<CompletionEndpoint>().HandleAsync);
        Map(app, "/v1/chat/completions", HttpMethods.Post, services.GetRequiredService<ChatCompletionEndpoint>().HandleAsync);
        Map(app, "/v1/embeddings", HttpMethods.Post, services.GetRequiredService<EmbeddingEndpoint>().HandleAsync);

        var scores = services.GetRequiredService<ScoreEndpoints>();
        Map(app, "/v1/score", HttpMethods.Post, scores.ScoreAsync);
        Map(app, "/score", HttpMethods.Post, scores.ScoreAsync);
        Map(app, "/v1/rerank", HttpMethods.Post, scores.RerankAsync);
        Map(app, "/v2/rerank", HttpMethods.Post, scores.RerankAsync);
        Map(app, "/rerank", HttpMethods.Post, scores.RerankAsync);

        var responses = services.GetRequiredService<ResponsesEndpoints>();
        Map(app, "/v1/responses", (HttpMethods.Post, responses.CreateAsync));
        Map(app, "/v1/responses/{id}", (HttpMethods.Get, responses.GetAsync), (HttpMethods.Delete, responses.DeleteAsync));
        Map(app, "/v1/responses/{id}/cancel", (HttpMethods.Post, responses.CancelAsync));
        Map(app, "/v1/responses/{id}/input_items", (HttpMethods.Get, responses.InputItemsAsync));

        var files = services.GetRequiredService<FileEndpoints>();
        Map(app, "/v1/files", (HttpMethods.Post, files.UploadAsync), (HttpMethods.Get, files.ListAsync));
        Map(app, "/v1/files/{id}", (HttpMethods.Get, files.GetAsync), (HttpMethods.Delete, files.DeleteAsync));
        Map(app, "/v1/files/{id}/content", (HttpMethods.Get, files.ContentAsync));

        var batches = services.GetRequiredService<BatchEndpoints>();
        Map(app, "/v1/batches", (HttpMethods.Post, batches.CreateAsync), (HttpMethods.Get, batches.ListAsync));
        Map(app, "/v1/batches/{id}", (HttpMethods.Get, batches.GetAsync));
        Map(app, "/v1/batches/{id}/cancel", (HttpMethods.Post, batches.CancelAsync));

        var models = services.GetRequiredService<ModelsEndpoint>();
        Map(app, "/v1/models", HttpMethods.Get, models.ListAsync);
        Map(app, "/v1/models/{**id}", HttpMethods.Get, models.GetAsync);

        var tokenizer = services.GetRequiredService<TokenizerEndpoints>();
        Map(app, "/tokenize", HttpMethods.Post, tokenizer.TokenizeAsync);
        Map(app, "/detokenize", HttpMethods.Post, tokenizer.DetokenizeAsync);

        var operations = services.GetRequiredService<OperationsEndpoints>();
        Map(app, "/health", HttpMethods.Get, operations.HealthAsync);
        Map(app, "/ready", HttpMethods.Get, operations.ReadyAsync);
        Map(app, "/load", HttpMethods.Get, operations.LoadAsync);
        Map(app, "/version", HttpMethods.Get, OperationsEndpoints.VersionAsync);
        Map(app, "/metrics", HttpMethods.Get, operations.MetricsAsync);

        var pages = services.GetRequiredService<PageEndpoints>();
        Map(app, "/", HttpMethods.Get, pages.HomeAsync);
        Map(app, "/playground", HttpMethods.Get, pages.PlaygroundAsync);
        Map(app, "/docs", HttpMethods.Get, pages.DocsAsync);
        Map(app, "/openapi.json", HttpMethods.Get, pages.DescriptionAsync);

        if (services.GetRequiredService<ServerOptions>().AllowRuntimeLoraUpdating)
        {
            var adapters = services.GetRequiredService<LoraEndpoints>();
            Map(app, "/v1/load_lora_adapter", HttpMethods.Post, adapters.LoadAsync);
            Map(app, "/v1/unload_lora_adapter", HttpMethods.Post, adapters.UnloadAsync);
        }

        if (services.GetRequiredService<ServerOptions>().EnableDebugEndpoints)
        {
            Map(app, "/debug/engine", HttpMethods.Get, services.GetRequiredService<DebugEndpoints>().EngineAsync);
        }
    }

    private static void Map(WebApplication app, string pattern, string method, RequestDelegate handler) => Map(app, pattern, (method, handler));

    // What can be fetched can be asked for its headers (HEAD), and every address for its methods (OPTIONS).
    private static void Map(WebApplication app, string pattern, params ReadOnlySpan<(string Method, RequestDelegate Handler)> handlers)
    {
        var allowed = new List<string>();
        foreach (var (method, handler) in handlers)
        {
            string[] methods = method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [method];
            app.MapMethods(pattern, methods, handler);
            allowed.AddRange(methods);
        }

        var allow = string.Join(", ", allowed.Append(HttpMethods.Options));
        app.MapMethods(pattern, [HttpMethods.Options], context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.Allow = allow;
            return Task.CompletedTask;
        });
    }
}

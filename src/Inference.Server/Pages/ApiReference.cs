using System.Collections.Immutable;
using Inference.Protocol.OpenAi;

namespace Inference.Server.Pages;

/// <summary>
/// Every address with a line about it. A test holds the list to the routes of <see cref="Endpoints.EndpointMap"/>; the fields come from the
/// wire types and their doc comments.
/// </summary>
internal static class ApiReference
{
    private const string Inference = "Inference";
    private const string Embeddings = "Embeddings";
    private const string Responses = "Responses";
    private const string Batches = "Files and batches";
    private const string Tokens = "Tokens";
    private const string Models = "Models";
    private const string Operations = "Operations";
    private const string Pages = "Pages";
    private const string Get = "GET";
    private const string Post = "POST";
    private const string Delete = "DELETE";
    private const string Json = "application/json";
    private const string Html = "text/html; charset=utf-8";

    private const string ChatExample = """{"messages": [{"role": "user", "content": "Name three colours."}], "max_tokens": 64, "stream": true}""";
    private const string CompletionExample = """{"prompt": "Once upon a time", "max_tokens": 32, "temperature": 0}""";

    private const string EmbeddingExample = """{"input": ["A cat sits outside.", "Interest rates rise."]}""";
    private const string ScoreExample = """{"text_1": "A cat sits outside.", "text_2": ["A dog plays.", "Interest rates rise."]}""";
    private const string RerankExample = """{"query": "pets", "documents": ["A dog plays.", "Interest rates rise."], "top_n": 1}""";

    private static OpenAiJsonContext Types => OpenAiJsonContext.Default;

    /// <summary>In the order that they are shown.</summary>
    public static ImmutableArray<ApiOperation> All { get; } =
    [
        new(Post, "/v1/chat/completions", Inference, "Answers a conversation, with tools and structured output; whole or as server-sent events.")
            { Request = Types.ChatCompletionRequest, Response = Types.ChatCompletionResponse, StreamEvent = Types.ChatCompletionChunk, Example = ChatExample },
        new(Post, "/v1/completions", Inference, "Goes on with one or several prompts; whole or as server-sent events.")
            { Request = Types.CompletionRequest, Response = Types.CompletionResponse, StreamEvent = Types.CompletionResponse, Example = CompletionExample },
        new(Post, "/v1/embeddings", Embeddings, "Vectors of texts, by an embedding model.")
        {
            Request = Types.EmbeddingRequest, Response = Types.EmbeddingResponse, Failures = [429, 503, 504], Example = EmbeddingExample,
        },
        Score("/v1/score"),
        Score("/score"),
        Rerank("/v1/rerank"),
        Rerank("/v2/rerank"),
        Rerank("/rerank"),
        new(Post, "/v1/responses", Responses, "Answers a conversation in items, which is stored; whole, as server-sent events, or in the background.") { ContentType = Json },
        new(Get, "/v1/responses/{id}", Responses, "A stored response; with stream=true its events from the one after starting_after on.") { ContentType = Json },
        new(Delete, "/v1/responses/{id}", Responses, "Deletes a stored response.") { ContentType = Json },
        new(Post, "/v1/responses/{id}/cancel", Responses, "Ends a response that is generated in the background.") { ContentType = Json },
        new(Get, "/v1/responses/{id}/input_items", Responses, "The conversation that a stored response answers.") { ContentType = Json },
        new(Post, "/v1/files", Batches, "Stores a file, from a form with file and purpose.") { ContentType = Json },
        new(Get, "/v1/files", Batches, "The stored files.") { ContentType = Json },
        new(Get, "/v1/files/{id}", Batches, "What is known of a file.") { ContentType = Json },
        new(Delete, "/v1/files/{id}", Batches, "Deletes a file.") { ContentType = Json },
        new(Get, "/v1/files/{id}/content", Batches, "A file's bytes.") { ContentType = "application/octet-stream" },
        new(Post, "/v1/batches", Batches, "Runs the requests of a file when nobody else needs the model.") { ContentType = Json },
        new(Get, "/v1/batches", Batches, "The batches, the latest first.") { ContentType = Json },
        new(Get, "/v1/batches/{id}", Batches, "How far a batch has come, and the files of its results.") { ContentType = Json },
        new(Post, "/v1/batches/{id}/cancel", Batches, "Ends a batch.") { ContentType = Json },
        new(Post, "/tokenize", Tokens, "The tokens of a prompt, or of a conversation as the chat template renders it.")
            { Request = Types.TokenizeRequest, Response = Types.TokenizeResponse, Example = """{"prompt": "Hello, world", "return_token_strs": true}""" },
        new(Post, "/detokenize", Tokens, "The text of tokens.")
            { Request = Types.DetokenizeRequest, Response = Types.DetokenizeResponse, Example = """{"tokens": [65, 66, 67]}""" },
        new(Get, "/v1/models", Models, "The models that are served.") { Response = Types.ModelList },
        new(Get, "/v1/models/{id}", Models, "One model. Its name may hold slashes.") { Response = Types.ModelCard },
        new(Post, "/v1/load_lora_adapter", Models, "Loads an adapter (LoRA), as vLLM does; only with --allow-runtime-lora-updating.")
            { Request = Types.LoadLoraRequest, ContentType = "text/plain" },
        new(Post, "/v1/unload_lora_adapter", Models, "Unloads an adapter; requests that run with it go on to their end.")
            { Request = Types.UnloadLoraRequest, ContentType = "text/plain" },
        new(Get, "/health", Operations, "200 while all is well, 503 once the server is about to stop, and when a model's engine has failed.") { Failures = [503] },
        new(Get, "/ready", Operations, "200 while it is of use to send requests to any model: 503 also when every queue is full.") { Failures = [503] },
        new(Get, "/load", Operations, "How many requests are being answered.") { Response = Types.LoadResponse },
        new(Get, "/version", Operations, "The server's version.") { Response = Types.VersionResponse },
        new(Get, "/metrics", Operations, "Metrics for Prometheus, under vLLM's names and OpenTelemetry's.") { ContentType = "text/plain" },
        new(Get, "/debug/engine", Operations, "The engine's state and latest steps; only with --enable-debug-endpoints.") { ContentType = "application/json" },
        new(Get, "/", Pages, "Where to go from here.") { ContentType = Html },
        new(Get, "/playground", Pages, "A page to chat, and to compare models and settings side by side.") { ContentType = Html },
        new(Get, "/docs", Pages, "A page to read this description and to try each address.") { ContentType = Html },
        new(Get, "/openapi.json", Pages, "This description.") { ContentType = "application/json" },
    ];

    private static ApiOperation Score(string path) => new(Post, path, Embeddings, "How alike texts are: the cosine of their vectors.")
    {
        Request = Types.ScoreRequest, Response = Types.ScoreResponse, Failures = [429, 503, 504], Example = ScoreExample,
    };

    private static ApiOperation Rerank(string path) => new(Post, path, Embeddings, "Documents in the order of their likeness to a query.")
    {
        Request = Types.RerankRequest, Response = Types.RerankResponse, Failures = [429, 503, 504], Example = RerankExample,
    };
}

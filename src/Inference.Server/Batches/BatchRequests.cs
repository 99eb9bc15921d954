using System.Collections.Frozen;
using System.Text.Json;
using Inference.Protocol.OpenAi.Batches;
using Inference.Server.Admission;
using Inference.Server.Background;
using Inference.Server.Endpoints;
using Inference.Server.Errors;
using Inference.Server.Responses;

namespace Inference.Server.Batches;

/// <summary>Runs a line's request through what answers it over HTTP.</summary>
internal sealed class BatchRequests
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly FrozenDictionary<string, ErrorMiddleware> _handlers;
    private readonly TimeProvider _time;

    /// <summary>With everything that a batch may ask for.</summary>
    public BatchRequests(
        ChatCompletionEndpoint chats, CompletionEndpoint completions, EmbeddingEndpoint embeddings, ResponsesEndpoints responses, TimeProvider time,
        ILogger<ErrorMiddleware> logger)
    {
        _time = time;
        var handlers = new Dictionary<string, RequestDelegate>
        {
            ["/v1/chat/completions"] = chats.HandleAsync,
            ["/v1/completions"] = completions.HandleAsync,
            ["/v1/embeddings"] = embeddings.HandleAsync,
            ["/v1/responses"] = responses.CreateAsync,
        };
        _handlers = handlers.ToFrozenDictionary(pair => pair.Key, pair => new ErrorMiddleware(pair.Value, logger));
    }

    /// <summary>The addresses.</summary>
    public IEnumerable<string> Endpoints => _handlers.Keys.Order();

    /// <summary>The answer, whatever it is. Waits while the server is busy.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; there is no answer.</exception>
    public async Task<BatchLineResponse> SendAsync(string endpoint, ReadOnlyMemory<byte> body, ClientIdentity client, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var answer = new MemoryStream();
            var context = InProcessRequest.Create(body, client, answer, cancellationToken);
            await _handlers[endpoint].InvokeAsync(context);
            cancellationToken.ThrowIfCancellationRequested();
            var json = JsonElement.Parse(answer.GetBuffer().AsSpan(0, (int)answer.Length));
            if (!IsBusy(context.Response.StatusCode, json))
            {
                return new BatchLineResponse(context.Response.StatusCode, context.TraceIdentifier, json);
            }

            await Task.Delay(RetryDelay, _time, cancellationToken);
        }
    }

    // Nothing that is wrong with the request.
    private static bool IsBusy(int status, JsonElement answer) =>
        status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable
        && answer.TryGetProperty("error", out var error)
        && error.GetProperty("code").GetString() is "queue_full" or "shutting_down" or "storage_behind";
}

using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Endpoints;
using Inference.Server.Streaming;

namespace Inference.Server.Responses;

/// <summary>
/// The answers of /v1/responses. A stream is: the response created, queued if it is in the background, and in progress, its items and their
/// parts as they grow, and the response as it ended.
/// </summary>
/// <param name="prepared">What is answered.</param>
/// <param name="time">Tells when it was complete.</param>
/// <param name="changed">Told of the response when it begins and when it has ended, before the client is.</param>
internal sealed class ResponsesFormat(PreparedResponse prepared, TimeProvider time, Action<ResponseObject> changed) : ResponseFormat
{
    private readonly ResponseEvents _events = new();
    private ResponseOutput? _output;
    private ChoiceEnd? _end;
    private bool _isCreated;
    private bool _isInProgress;

    private ResponseOutput Output => _output ??= new ResponseOutput(
        _events,
        prepared.Generation.Text.Parsing,
        prepared.Generation.TopLogprobs is null ? null : new LogprobFormat(prepared.Decoder.Model.Tokenizer, spellsTokenIds: false));

    /// <summary>Begins the stream of a response that may have to wait for its turn.</summary>
    public void WriteQueued(SseWriter sse)
    {
        var queued = prepared.Response with { Status = "queued" };
        _events.Sse = sse;
        _isCreated = true;
        Send("response.created", queued);
        Send("response.queued", queued);
    }

    /// <summary>
    /// Ends a stream whose response was cancelled. The interface has no event of that name; after "incomplete" clients read no more, and the
    /// response in it says what it is.
    /// </summary>
    public void WriteCancelled(SseWriter sse)
    {
        Begin(sse);
        Output.Finish("incomplete");
        var response = prepared.Response with { Status = "cancelled", Output = Output.Items };
        changed(response);
        Send("response.incomplete", response);
    }

    /// <inheritdoc/>
    public override void WriteDelta(SseWriter sse, in ChoiceDelta delta, Usage? usage)
    {
        Begin(sse);
        Add(delta);
    }

    /// <inheritdoc/>
    public override void WriteEnd(SseWriter sse, Usage usage)
    {
        var response = Complete(usage);
        Send("response." + response.Status, response);
    }

    /// <inheritdoc/>
    public override void WriteError(SseWriter sse, ErrorBody error)
    {
        Begin(sse);
        Output.Finish("incomplete");
        var code = error.Type == "rate_limit_error" ? "rate_limit_exceeded" : error.Type == "invalid_request_error" ? "invalid_prompt" : "server_error";
        var response = prepared.Response with { Status = "failed", Error = new ResponseFailure(code, error.Message), Output = Output.Items };
        changed(response);
        _events.SendError(error);
        Send("response.failed", response);
    }

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, IReadOnlyList<ChoiceText> choices, Usage usage)
    {
        Add(choices[0].ToDelta(0));
        return JsonResponse.WriteAsync(context, Complete(usage), OpenAiJsonContext.Default.ResponseObject);
    }

    private void Begin(SseWriter sse)
    {
        _events.Sse = sse;
        if (_isInProgress)
        {
            return;
        }

        _isInProgress = true;
        changed(prepared.Response);
        if (!_isCreated)
        {
            Send("response.created", prepared.Response);
        }

        Send("response.in_progress", prepared.Response);
    }

    private void Send(string type, ResponseObject response) => _events.Send(new ResponseEvent(type, _events.NextNumber()) { Response = response });

    private void Add(in ChoiceDelta delta)
    {
        Output.Add(delta);
        _end = delta.End ?? _end;
    }

    private ResponseObject Complete(Usage usage)
    {
        var isWhole = _end!.FinishReason != "length";
        Output.Finish(isWhole ? "completed" : "incomplete");
        var response = prepared.Response with
        {
            Status = isWhole ? "completed" : "incomplete",
            CompletedAt = isWhole ? time.GetUtcNow().ToUnixTimeSeconds() : null,
            IncompleteDetails = isWhole ? null : new IncompleteDetails("max_output_tokens"),
            Output = Output.Items,
            Usage = new ResponseUsage(
                usage.PromptTokens,
                new InputTokensDetails(usage.PromptTokensDetails?.CachedTokens ?? 0),
                usage.CompletionTokens,
                new OutputTokensDetails(usage.CompletionTokensDetails?.ReasoningTokens ?? 0)),
        };
        changed(response);
        return response;
    }
}

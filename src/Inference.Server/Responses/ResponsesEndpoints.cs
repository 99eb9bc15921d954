using System.Globalization;
using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Admission;
using Inference.Server.Endpoints;
using Inference.Server.Errors;
using Inference.Server.Storage;

namespace Inference.Server.Responses;

/// <summary>/v1/responses and what is under it.</summary>
internal sealed class ResponsesEndpoints(ResponsePreparer preparer, ResponseStore store, BackgroundResponses background, TimeProvider time)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    /// <summary>POST /v1/responses.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.CreateResponseRequest, context.RequestAborted);
        var client = ClientIdentity.Of(context);
        var prepared = await preparer.PrepareAsync(body, client.Owner, context.RequestAborted);
        if (prepared.Response.Store && store.IsBehind)
        {
            throw ApiErrors.StorageBehind();
        }

        if (prepared.Response.Background)
        {
            await RunInBackgroundAsync(context, prepared, client, body.Stream ?? false);
            return;
        }

        var generation = DeadlineHeader.Apply(context.Request, prepared.Generation);
        await prepared.Decoder.Responder.RespondAsync(context, generation, new ResponsesFormat(prepared, time, response => Keep(prepared, client, response)));
    }

    /// <summary>GET /v1/responses/{id}.</summary>
    public Task GetAsync(HttpContext context)
    {
        var (id, owner) = (IdOf(context), ClientIdentity.Of(context).Owner);
        if (context.Request.Query["stream"].ToString() is "true" or "True" or "1")
        {
            return StreamAsync(context, id, owner);
        }

        var record = background.Find(id, owner)?.Record ?? Find(id, owner);
        return JsonResponse.WriteAsync(context, record.Response, OpenAiJsonContext.Default.ResponseObject);
    }

    /// <summary>DELETE /v1/responses/{id}.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var (id, owner) = (IdOf(context), ClientIdentity.Of(context).Owner);
        if (background.Find(id, owner) is not null)
        {
            await background.CancelAsync(id);
        }

        if (!await store.DeleteAsync(id, owner))
        {
            throw NotFound(id);
        }

        await JsonResponse.WriteAsync(context, new DeletedObject(id, "response"), OpenAiJsonContext.Default.DeletedObject);
    }

    /// <summary>POST /v1/responses/{id}/cancel.</summary>
    public async Task CancelAsync(HttpContext context)
    {
        var (id, owner) = (IdOf(context), ClientIdentity.Of(context).Owner);
        if (background.Find(id, owner) is not null)
        {
            await background.CancelAsync(id);
        }

        var response = Find(id, owner).Response;
        if (!response.Background)
        {
            throw ApiErrors.Invalid(null, "Only responses that are generated in the background can be cancelled.");
        }

        await JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.ResponseObject);
    }

    /// <summary>GET /v1/responses/{id}/input_items.</summary>
    public Task InputItemsAsync(HttpContext context)
    {
        var (id, owner) = (IdOf(context), ClientIdentity.Of(context).Owner);
        var paging = Paging.Read(context.Request, DefaultLimit, MaxLimit);
        var record = background.Find(id, owner)?.Record ?? Find(id, owner);
        var items = paging.IsAscending ? record.Input : record.Input.Reverse();
        if (paging.After is { } after)
        {
            items = items.SkipWhile(item => IdOf(item) != after).Skip(1);
        }

        var page = items.Take(paging.Limit + 1).ToList();
        var data = page.Take(paging.Limit).ToList();
        var list = new ResponseItemList(data, page.Count > data.Count, data.Count > 0 ? IdOf(data[0]) : "", data.Count > 0 ? IdOf(data[^1]) : "");
        return JsonResponse.WriteAsync(context, list, OpenAiJsonContext.Default.ResponseItemList);
    }

    private async Task RunInBackgroundAsync(HttpContext context, PreparedResponse prepared, ClientIdentity client, bool isStreaming)
    {
        var run = await background.StartAsync(prepared, client, isStreaming);
        if (isStreaming)
        {
            await FollowAsync(context, run.Log, -1);
        }
        else
        {
            await JsonResponse.WriteAsync(context, run.Record.Response, OpenAiJsonContext.Default.ResponseObject);
        }
    }

    private async Task StreamAsync(HttpContext context, string id, string owner)
    {
        var after = -1;
        if (context.Request.Query.TryGetValue("starting_after", out var text) && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            throw ApiErrors.Invalid("starting_after", "'starting_after' must be the number of an event.");
        }

        if (background.Find(id, owner) is { } run)
        {
            await FollowAsync(context, run.Log, after);
            return;
        }

        var events = Find(id, owner).Events
            ?? throw ApiErrors.Invalid("stream", "Only responses that were made with 'background' and 'stream' can be streamed again.");
        Streaming.SseWriter.SetHeaders(context.Response);
        await context.Response.BodyWriter.WriteAsync(EventLog.After(events, after), context.RequestAborted);
    }

    private static async Task FollowAsync(HttpContext context, EventLog log, int after)
    {
        Streaming.SseWriter.SetHeaders(context.Response);

        // Who follows is told so at once, however long the first event takes.
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        await foreach (var part in log.FollowAsync(after, context.RequestAborted))
        {
            await context.Response.BodyWriter.WriteAsync(part, context.RequestAborted);
        }
    }

    // Only what has ended: until then there is nothing to fetch.
    private void Keep(PreparedResponse prepared, ClientIdentity client, ResponseObject response)
    {
        if (response.Store && response.Status != "in_progress")
        {
            _ = store.SaveAsync(prepared.ToRecord(client.Owner, response));
        }
    }

    private ResponseRecord Find(string id, string owner) => store.Find(id, owner) ?? throw NotFound(id);

    private static ApiException NotFound(string id) => ApiErrors.NotFound(null, "Response", id);

    private static string IdOf(HttpContext context) => context.Request.RouteValues["id"] as string ?? "";

    private static string IdOf(System.Text.Json.JsonElement item) => item.GetProperty("id").GetString()!;
}

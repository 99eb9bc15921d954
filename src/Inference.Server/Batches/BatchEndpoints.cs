using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Batches;
using Inference.Server.Admission;
using Inference.Server.Background;
using Inference.Server.Endpoints;
using Inference.Server.Errors;
using Inference.Server.Files;
using Inference.Server.Storage;
using Inference.Server.Validation;

namespace Inference.Server.Batches;

/// <summary>/v1/batches and what is under it.</summary>
internal sealed class BatchEndpoints(BatchStore store, BatchService service, BatchRequests requests, FileStore files, TimeProvider time)
{
    private const string Window = "24h";
    private const long WindowSeconds = 86_400;
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int MaxActive = 100;
    private const long MinLifetime = 3600;
    private const long MaxLifetime = 2_592_000;

    /// <summary>POST /v1/batches.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.CreateBatchRequest, context.RequestAborted);
        var owner = ClientIdentity.Of(context).Owner;
        Check(body, owner);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var batch = new BatchObject
        {
            Id = RandomId.Create("batch_"),
            Endpoint = body.Endpoint!,
            InputFileId = body.InputFileId!,
            CompletionWindow = Window,
            Status = "validating",
            CreatedAt = now,
            ExpiresAt = now + WindowSeconds,
            RequestCounts = new BatchRequestCounts(0, 0, 0),
            Metadata = body.Metadata,
        };
        var record = new BatchRecord(owner, batch, body.OutputExpiresAfter?.Seconds);
        await store.AddAsync(record);
        service.Start(record);
        await WriteAsync(context, batch);
    }

    /// <summary>GET /v1/batches.</summary>
    public Task ListAsync(HttpContext context)
    {
        var paging = Paging.Read(context.Request, DefaultLimit, MaxLimit);
        var found = store.List(ClientIdentity.Of(context).Owner, paging);
        var page = found.Take(paging.Limit).Select(record => record.Object).ToList();
        var list = new BatchList(page, found.Count > page.Count, page.Count > 0 ? page[0].Id : "", page.Count > 0 ? page[^1].Id : "");
        return JsonResponse.WriteAsync(context, list, OpenAiJsonContext.Default.BatchList);
    }

    /// <summary>GET /v1/batches/{id}.</summary>
    public Task GetAsync(HttpContext context) => WriteAsync(context, Find(context).Object);

    /// <summary>POST /v1/batches/{id}/cancel.</summary>
    public async Task CancelAsync(HttpContext context)
    {
        var batch = Find(context).Object;
        if (BatchRecord.IsEnd(batch.Status) && batch.Status != "cancelled")
        {
            throw ApiErrors.Conflict($"The batch is {batch.Status} already.");
        }

        await service.CancelAsync(batch.Id);
        await WriteAsync(context, Find(context).Object);
    }

    private void Check(CreateBatchRequest body, string owner)
    {
        var id = body.InputFileId ?? throw ApiErrors.Invalid("input_file_id", "'input_file_id' is missing.");
        if (body.Endpoint is null || !requests.Endpoints.Contains(body.Endpoint))
        {
            throw ApiErrors.Invalid("endpoint", $"'endpoint' must be one of: {string.Join(", ", requests.Endpoints)}.");
        }

        if (body.CompletionWindow != Window)
        {
            throw ApiErrors.Invalid("completion_window", $"'completion_window' must be \"{Window}\".");
        }

        MetadataCheck.Check(body.Metadata);
        if (body.OutputExpiresAfter is { } expiry && (expiry.Anchor != "created_at" || expiry.Seconds is not (>= MinLifetime and <= MaxLifetime)))
        {
            throw ApiErrors.Invalid(
                "output_expires_after", $"'output_expires_after' must have the anchor \"created_at\" and from {MinLifetime} to {MaxLifetime} seconds.");
        }

        var file = files.Find(id, owner) ?? throw ApiErrors.NotFound("input_file_id", "File", id);
        if (file.Object.Purpose != FilePurposes.Batch)
        {
            throw ApiErrors.Invalid("input_file_id", $"'input_file_id' must be a file with the purpose \"{FilePurposes.Batch}\".");
        }

        if (store.Active().Count(record => record.Owner == owner) >= MaxActive)
        {
            throw ApiErrors.QueueFull();
        }
    }

    private BatchRecord Find(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        return store.Find(id, ClientIdentity.Of(context).Owner) ?? throw ApiErrors.NotFound(null, "Batch", id);
    }

    private static Task WriteAsync(HttpContext context, BatchObject batch) => JsonResponse.WriteAsync(context, batch, OpenAiJsonContext.Default.BatchObject);
}

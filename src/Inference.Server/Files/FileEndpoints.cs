using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Files;
using Inference.Server.Admission;
using Inference.Server.Batches;
using Inference.Server.Endpoints;
using Inference.Server.Errors;
using Inference.Server.Options;
using Inference.Server.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Inference.Server.Files;

/// <summary>/v1/files and what is under it.</summary>
internal sealed class FileEndpoints(FileStore store, BatchStore batches, ServerOptions options)
{
    private const int MaxLimit = 10_000;

    // Beyond the file: the form's other fields, and what separates them.
    private const long FormOverhead = 64 << 10;

    /// <summary>POST /v1/files.</summary>
    public async Task UploadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = options.MaxFileSize + FormOverhead;
        }

        var file = await new FileUpload(store, options.MaxFileSize).ReceiveAsync(context.Request, ClientIdentity.Of(context).Owner, context.RequestAborted);
        await JsonResponse.WriteAsync(context, file.Object, OpenAiJsonContext.Default.FileObject);
    }

    /// <summary>GET /v1/files.</summary>
    public Task ListAsync(HttpContext context)
    {
        var paging = Paging.Read(context.Request, MaxLimit, MaxLimit);
        var purpose = context.Request.Query["purpose"].ToString();
        var found = store.List(ClientIdentity.Of(context).Owner, paging, purpose.Length > 0 ? purpose : null);
        var page = found.Take(paging.Limit).ToList();
        var list = new FileList(page, found.Count > page.Count, page.Count > 0 ? page[0].Id : "", page.Count > 0 ? page[^1].Id : "");
        return JsonResponse.WriteAsync(context, list, OpenAiJsonContext.Default.FileList);
    }

    /// <summary>GET /v1/files/{id}.</summary>
    public Task GetAsync(HttpContext context) => JsonResponse.WriteAsync(context, Find(context).Object, OpenAiJsonContext.Default.FileObject);

    /// <summary>GET /v1/files/{id}/content.</summary>
    public async Task ContentAsync(HttpContext context)
    {
        var file = Find(context);
        await using var content = store.Open(file.Object.Id);
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(file.Object.Filename);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = content.Length;
        context.Response.Headers.ContentDisposition = disposition.ToString();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>DELETE /v1/files/{id}.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var id = Find(context).Object.Id;
        if (batches.Reads(id))
        {
            throw ApiErrors.Conflict("A batch that has not ended needs the file; cancel it first.");
        }

        await store.DeleteAsync(id);
        await JsonResponse.WriteAsync(context, new DeletedObject(id, "file"), OpenAiJsonContext.Default.DeletedObject);
    }

    private StoredFile Find(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        return store.Find(id, ClientIdentity.Of(context).Owner) ?? throw ApiErrors.NotFound(null, "File", id);
    }
}

namespace Inference.Server.Pages;

/// <summary>GET /, /playground, /docs and /openapi.json. Open to everybody: what they call asks for the key.</summary>
internal sealed class PageEndpoints
{
    private readonly Lazy<WebPage> _home = new(() => new WebPage("home.html"));
    private readonly Lazy<WebPage> _playground = new(() => new WebPage("playground.html"));
    private readonly Lazy<WebPage> _docs = new(() => new WebPage("docs.html"));
    private readonly Lazy<byte[]> _description = new(OpenApiDocument.Create);

    /// <summary>Where to go from here.</summary>
    public Task HomeAsync(HttpContext context) => WriteAsync(context, _home.Value);

    /// <summary>Chat, and comparing models and settings.</summary>
    public Task PlaygroundAsync(HttpContext context) => WriteAsync(context, _playground.Value);

    /// <summary>The API's description, to read and to try.</summary>
    public Task DocsAsync(HttpContext context) => WriteAsync(context, _docs.Value);

    /// <summary>The API's description for programs.</summary>
    public Task DescriptionAsync(HttpContext context) => WriteAsync(context, "application/json", _description.Value);

    private static Task WriteAsync(HttpContext context, WebPage page)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = page.ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ETag = page.ETag;

        // Kept, but asked for again each time: a new version of the server shows at once.
        headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch == page.ETag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteAsync(context, "text/html; charset=utf-8", page.Content);
    }

    private static Task WriteAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }
}

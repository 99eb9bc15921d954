using Inference.Server.Admission;

namespace Inference.Server.Background;

/// <summary>A request that comes from the server itself, for what answers requests over HTTP.</summary>
internal static class InProcessRequest
{
    /// <summary>Its context.</summary>
    /// <param name="body">JSON; may be empty for what has been read already.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="answer">Where the answer's body goes.</param>
    /// <param name="cancellationToken">Ends it, as a client does that goes away.</param>
    public static HttpContext Create(ReadOnlyMemory<byte> body, ClientIdentity client, Stream answer, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestAborted = cancellationToken, TraceIdentifier = RandomId.Create("req_") };
        context.Features.Set(client);
        context.Request.Method = HttpMethods.Post;
        context.Request.ContentType = "application/json";
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body.ToArray(), writable: false);
        context.Response.Body = answer;
        return context;
    }
}

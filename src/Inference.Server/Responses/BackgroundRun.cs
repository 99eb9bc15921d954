using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Admission;
using Inference.Server.Background;
using Inference.Server.Errors;
using Inference.Server.Streaming;

namespace Inference.Server.Responses;

/// <summary>A response that is generated whether anybody waits or not. Its events are kept, for whoever comes to read them.</summary>
internal sealed class BackgroundRun : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly PreparedResponse _prepared;
    private readonly ClientIdentity _client;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly ResponsesFormat _format;
    private volatile ResponseObject _current;

    /// <summary>Not begun yet.</summary>
    public BackgroundRun(PreparedResponse prepared, ClientIdentity client, TimeProvider time)
    {
        _prepared = prepared with { Generation = prepared.Generation with { Stream = true } };
        _client = client;
        _time = time;
        _current = prepared.Response with { Status = "queued" };
        _format = new ResponsesFormat(prepared, time, response => _current = response);
    }

    /// <summary>Whose it is.</summary>
    public string Owner => _client.Owner;

    /// <summary>Its events.</summary>
    public EventLog Log { get; } = new();

    /// <summary>The response as it is now.</summary>
    public ResponseRecord Record => _prepared.ToRecord(Owner, _current);

    /// <summary>Generates, to the end, whatever it is.</summary>
    public async Task RunAsync()
    {
        var context = InProcessRequest.Create(default, _client, Log, _cancellation.Token);
        await WriteAsync(context, _format.WriteQueued);
        try
        {
            await RespondAsync(context);
        }
        catch (Exception) when (_cancellation.IsCancellationRequested)
        {
            await WriteAsync(context, _format.WriteCancelled);
        }
        catch (Exception exception)
        {
            // The responder has not begun, or it would have said it.
            var error = (exception as ApiException ?? ApiErrors.Internal()).Error;
            await WriteAsync(context, sse => _format.WriteError(sse, error));
        }

        Log.Complete();
    }

    /// <summary>Ends it soon.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        Log.Dispose();
    }

    private static async Task WriteAsync(HttpContext context, Action<SseWriter> write)
    {
        using var sse = new SseWriter(context.Response);
        write(sse);
        await sse.FlushAsync(CancellationToken.None);
    }

    // There is time to wait until the queue has room.
    private async Task RespondAsync(HttpContext context)
    {
        while (true)
        {
            try
            {
                await _prepared.Decoder.Responder.RespondAsync(context, _prepared.Generation, _format);
                return;
            }
            catch (ApiException exception) when (exception.Error.Code == "queue_full")
            {
                await Task.Delay(exception.RetryAfter ?? RetryDelay, _time, _cancellation.Token);
            }
        }
    }
}

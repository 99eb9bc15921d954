using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Inference.LoadTest.Apis;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Http;

/// <summary>
/// Sends a request and takes the time of everything that happens to it. A stream is read as bytes: nothing is made of an event but the
/// few facts that are measured.
/// </summary>
internal sealed class LoadClient(HttpMessageInvoker http, Endpoint endpoint, RunClock clock, LiveStatistics live)
{
    private const int MaxErrorText = 160;
    private static readonly byte[] Done = "[DONE]"u8.ToArray();

    public Endpoint Endpoint => endpoint;

    /// <summary>Sends a request.</summary>
    /// <param name="body">From <see cref="Endpoint"/>.</param>
    /// <param name="record">Gets whatever comes of it.</param>
    /// <param name="cancelAfter">The number of events with output after which the client goes away; null: never.</param>
    /// <param name="keepText">Whether the answer's text is wanted.</param>
    /// <param name="cancellation">Ends it, incomplete.</param>
    public async Task<Answer> SendAsync(
        ReadOnlyMemory<byte> body, RequestRecord record, int? cancelAfter, bool keepText, CancellationToken cancellation)
    {
        var answer = new Answer(keepText);
        record.Started = clock.Now;
        live.Started();
        try
        {
            using var request = Message(body, record);
            using var response = await http.SendAsync(request, cancellation);
            record.Headers = clock.Now;
            record.Status = (int)response.StatusCode;
            if (!response.IsSuccessStatusCode)
                answer.Error = await RefusalAsync(response, cancellation);
            else if (await ReadAsync(response.Content, answer, record, cancelAfter, cancellation))
                record.Outcome = RequestOutcome.Cancelled;
            End(answer, record);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            record.Outcome = RequestOutcome.Incomplete;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException or InvalidDataException
            or InvalidOperationException or OperationCanceledException)
        {
            Fail(record, exception.Message);
        }

        record.Ended = clock.Now;
        live.Ended(record);
        // Whatever follows, such as the next request's body, is not for the thread of the connections.
        await Task.Yield();
        return answer;
    }

    private HttpRequestMessage Message(ReadOnlyMemory<byte> body, RequestRecord record)
    {
        var request = new HttpRequestMessage(endpoint.Format.HasBody ? HttpMethod.Post : HttpMethod.Get, endpoint.Address);
        if (endpoint.Format.HasBody)
            request.Content = new RequestBody(body, record, clock);
        foreach (var (name, value) in endpoint.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        request.Options.Set(Connections.Record, record);
        return request;
    }

    private static void End(Answer answer, RequestRecord record)
    {
        record.ServerPromptTokens = answer.PromptTokens;
        record.ServerOutputTokens = answer.OutputTokens;
        record.ServerCachedTokens = answer.CachedTokens;
        if (answer.Error is not null)
            Fail(record, answer.Error);
        else if (record.Outcome == RequestOutcome.Cancelled)
            return;
        else if (answer.IsFinished)
            record.Outcome = RequestOutcome.Completed;
        else
            Fail(record, "the answer broke off");
    }

    private static void Fail(RequestRecord record, string error)
    {
        record.Outcome = RequestOutcome.Failed;
        var line = error.ReplaceLineEndings(" ");
        record.Error = line.Length > MaxErrorText ? line[..MaxErrorText] : line;
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using var buffer = new LineBuffer();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var text = Encoding.UTF8.GetString((await ReadAllAsync(stream, buffer, cancellation)).Span);
        try
        {
            using var document = JsonDocument.Parse(text);
            text = JsonFields.ErrorText(document.RootElement.TryGet("error"u8, out var error) ? error : document.RootElement);
        }
        catch (JsonException)
        {
            // A proxy's page, or nothing: as it is.
        }

        return $"HTTP {(int)response.StatusCode}: {text}".TrimEnd(' ', ':');
    }

    /// <returns>Whether the client goes away before the end.</returns>
    private async Task<bool> ReadAsync(HttpContent content, Answer answer, RequestRecord record, int? cancelAfter, CancellationToken cancellation)
    {
        using var buffer = new LineBuffer();
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        if (!endpoint.Format.HasBody)
        {
            await stream.CopyToAsync(Stream.Null, cancellation);
            answer.IsFinished = true;
            return false;
        }

        if (!endpoint.Options.Stream || IsJson(content.Headers.ContentType))
        {
            using var document = JsonDocument.Parse(await ReadAllAsync(stream, buffer, cancellation));
            endpoint.Format.Read(document.RootElement, answer);
            return false;
        }

        return await ReadEventsAsync(stream, buffer, answer, record, cancelAfter, cancellation);
    }

    private async Task<bool> ReadEventsAsync(
        Stream stream, LineBuffer buffer, Answer answer, RequestRecord record, int? cancelAfter, CancellationToken cancellation)
    {
        while (true)
        {
            var count = await stream.ReadAsync(buffer.Space(), cancellation);
            // Events that came together came at one time.
            var offset = (int)Math.Min(int.MaxValue, clock.Now - record.Intended);
            buffer.Received(count);
            while (buffer.TryReadLine(out var line))
                TakeLine(line, offset, answer, record);
            if (count == 0)
            {
                TakeLine(buffer.Rest(), offset, answer, record);
                return false;
            }

            if (record.Chunks.Count >= cancelAfter && !answer.IsFinished)
                return true;
        }
    }

    /// <summary>A line of server-sent events (<c>data:</c>) or of JSON lines; any other is a comment, a name or nothing.</summary>
    private void TakeLine(ReadOnlyMemory<byte> line, int offset, Answer answer, RequestRecord record)
    {
        if (line.Span.StartsWith("data:"u8))
            line = line[5..];
        else if (!line.Span.StartsWith("{"u8))
            return;

        var json = line.TrimStart((byte)' ');
        if (json.IsEmpty)
            return;
        if (json.Span.SequenceEqual(Done))
        {
            answer.IsFinished = true;
            return;
        }

        using var document = JsonDocument.Parse(json);
        if (!endpoint.Format.Read(document.RootElement, answer))
            return;
        if (record.Chunks.Count == 0)
            live.FirstToken(offset);
        record.Chunks.Add(offset);
        live.Token();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream stream, LineBuffer buffer, CancellationToken cancellation)
    {
        int count;
        do
        {
            count = await stream.ReadAsync(buffer.Space(), cancellation);
            buffer.Received(count);
        }
        while (count > 0);

        return buffer.Rest();
    }

    private static bool IsJson(MediaTypeHeaderValue? type) => type?.MediaType == "application/json";
}

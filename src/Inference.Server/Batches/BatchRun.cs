using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Batches;
using Inference.Server.Admission;
using Inference.Server.Background;
using Inference.Server.Files;

namespace Inference.Server.Batches;

/// <summary>
/// A batch from where it is to its end: validating, in progress, finalizing. What it has done is in the database after each step, so that another
/// server goes on from there.
/// </summary>
internal sealed class BatchRun : IDisposable
{
    private const int PageSize = 256;

    private readonly BatchRecord _record;
    private readonly BatchTools _tools;
    private readonly ClientIdentity _client;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly SemaphoreSlim _moving = new(1);
    private BatchObject _batch;

    /// <summary>For a batch that has not ended.</summary>
    public BatchRun(BatchRecord record, BatchTools tools)
    {
        (_record, _tools, _batch) = (record, tools, record.Object);
        _client = new ClientIdentity("batch", 1) { Owner = record.Owner, IsBackground = true };
    }

    private long Now => _tools.Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Runs to the end, or until the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (_batch.Status == "validating")
        {
            await ValidateAsync(stopping);
        }

        if (_batch.Status == "in_progress")
        {
            await RunLinesAsync(stopping);
            await MoveAsync(batch => batch with { Status = "finalizing", FinalizingAt = Now });
        }

        if (!BatchRecord.IsEnd(_batch.Status))
        {
            await EndAsync();
        }
    }

    /// <summary>Asks it to end.</summary>
    public async Task CancelAsync()
    {
        await MoveAsync(batch => batch.Status == "finalizing" ? batch : batch with { Status = "cancelling", CancellingAt = Now });
        await _cancellation.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        _moving.Dispose();
    }

    // A batch that is to end moves nowhere else but to its end.
    private async Task MoveAsync(Func<BatchObject, BatchObject> change, Func<BatchObject, Task>? write = null)
    {
        await _moving.WaitAsync();
        try
        {
            if (_batch.Status is "cancelling" || BatchRecord.IsEnd(_batch.Status))
            {
                return;
            }

            var changed = change(_batch);
            await (write is null ? _tools.Store.UpdateAsync(changed) : write(changed));
            _batch = changed;
        }
        finally
        {
            _moving.Release();
        }
    }

    private async Task ValidateAsync(CancellationToken stopping)
    {
        var lines = new BatchLines(_batch.Endpoint, _tools.Options.MaxBodySize);
        await using var input = _tools.Files.Open(_batch.InputFileId);
        var read = await lines.ReadAsync(input, stopping);
        if (lines.Errors.Count > 0)
        {
            await MoveAsync(batch => batch with { Status = "failed", FailedAt = Now, Errors = new BatchErrors(lines.Errors) });
        }
        else
        {
            await MoveAsync(batch => batch with { Status = "in_progress", InProgressAt = Now }, batch => _tools.Store.BeginAsync(batch, read));
        }
    }

    private async Task RunLinesAsync(CancellationToken stopping)
    {
        using var expiry = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(0, _batch.ExpiresAt - Now)), _tools.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, expiry.Token, _cancellation.Token);
        await using var input = _tools.Files.Open(_batch.InputFileId);
        var running = new List<Task>();
        try
        {
            var last = 0;
            while (_tools.Store.Pending(_batch.Id, last, PageSize) is { Count: > 0 } page)
            {
                foreach (var line in page)
                {
                    await _tools.Gate.EnterAsync(ending.Token);
                    running.RemoveAll(task => task.IsCompletedSuccessfully);
                    running.Add(RunLineAsync(input, line, ending.Token));
                    last = line.Number;
                }
            }

            await Task.WhenAll(running);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Cancelled or expired: what has not run is told so at the end.
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunLineAsync(FileStream input, InputLine line, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = new byte[line.Length];
            await RandomAccess.ReadAsync(input.SafeFileHandle, bytes, line.Start, cancellationToken);
            var request = JsonSerializer.Deserialize(bytes, OpenAiJsonContext.Default.BatchLine)!;
            var body = JsonSerializer.SerializeToUtf8Bytes(request.Body!.Value, OpenAiJsonContext.Default.JsonElement);
            var response = await _tools.Requests.SendAsync(_batch.Endpoint, body, _client, cancellationToken);
            var result = new BatchLineResult(RandomId.Create("batch_req_"), line.CustomId, response, null);
            await _tools.Store.SaveAsync(
                _batch.Id,
                line.Number,
                response.StatusCode >= StatusCodes.Status400BadRequest,
                JsonSerializer.SerializeToUtf8Bytes(result, OpenAiJsonContext.Default.BatchLineResult));
        }
        finally
        {
            _tools.Gate.Leave();
        }
    }

    private async Task EndAsync()
    {
        var isCancelled = _batch.Status == "cancelling";
        var isExpired = false;
        var reason = isCancelled
            ? new BatchLineError("batch_cancelled", "The batch was cancelled before the request ran.")
            : new BatchLineError("batch_expired", "The batch's time was over before the request ran.");
        while (_tools.Store.Pending(_batch.Id, 0, PageSize) is { Count: > 0 } page)
        {
            isExpired = !isCancelled;
            await Task.WhenAll(page.Select(line => _tools.Store.SaveAsync(_batch.Id, line.Number, isError: true, BatchLines.ToResult(line.CustomId, reason))));
        }

        var usage = new BatchUsage();
        var output = await WriteAsync(isError: false, "output", usage);
        var errors = await WriteAsync(isError: true, "error", usage);
        var ended = _batch with { OutputFileId = output?.Object.Id, ErrorFileId = errors?.Object.Id, Usage = usage.ToUsage() };
        ended = isCancelled ? ended with { Status = "cancelled", CancelledAt = Now }
            : isExpired ? ended with { Status = "expired", ExpiredAt = Now }
            : ended with { Status = "completed", CompletedAt = Now };
        await _tools.Store.EndAsync(ended, new[] { output, errors }.OfType<StoredFile>());
        _batch = ended;
    }

    private async Task<StoredFile?> WriteAsync(bool isError, string kind, BatchUsage usage)
    {
        FileStream? content = null;
        var last = 0;
        while (_tools.Store.Results(_batch.Id, isError, last, PageSize) is { Count: > 0 } page)
        {
            content ??= _tools.Files.Create();
            foreach (var (line, result) in page)
            {
                usage.Add(result);
                await content.WriteAsync(result);
                content.WriteByte((byte)'\n');
                last = line;
            }
        }

        return content is null
            ? null
            : await _tools.Files.CommitAsync(content, _record.Owner, $"{_batch.Id}_{kind}.jsonl", FilePurposes.BatchOutput, _record.OutputSeconds);
    }
}

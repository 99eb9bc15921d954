using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Batches;
using Inference.Server.Background;

namespace Inference.Server.Batches;

/// <summary>Finds a batch's lines in its input and checks them. Of the whole file no more than a line is in memory.</summary>
/// <param name="endpoint">What all of them must be for.</param>
/// <param name="maxLength">The most bytes of a line.</param>
internal sealed class BatchLines(string endpoint, long maxLength)
{
    /// <summary>The most lines of a batch.</summary>
    public const int MaxLines = 50_000;

    private const int MaxErrors = 100;
    private const int MaxCustomIdLength = 512;

    private readonly HashSet<string> _customIds = [];
    private readonly List<BatchError> _errors = [];
    private readonly List<InputLine> _lines = [];

    /// <summary>Why the batch cannot run at all; empty when it can.</summary>
    public IReadOnlyList<BatchError> Errors => _errors;

    /// <summary>Reads the file to its end, unless there is too much of it.</summary>
    /// <returns>The lines, those among them that are wrong with what is wrong.</returns>
    public async Task<IReadOnlyList<InputLine>> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        var line = new MemoryStream();
        var (number, start, length) = (1, 0L, 0L);
        int read;
        while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            var rest = buffer.AsMemory(0, read);
            while (rest.Span.IndexOf((byte)'\n') is var end && end >= 0)
            {
                Append(line, rest.Span[..end]);
                Add(new InputLine(number++, start, length + end, null), line);
                (start, length) = (start + length + end + 1, 0);
                rest = rest[(end + 1)..];
                line.SetLength(0);
                if (_lines.Count > MaxLines)
                {
                    _errors.Add(new BatchError("too_many_requests", $"The input has more than {MaxLines} lines.", null, null));
                    return _lines;
                }
            }

            Append(line, rest.Span);
            length += rest.Length;
        }

        Add(new InputLine(number, start, length, null), line);
        CheckAll();
        return _lines;
    }

    // One byte more than allowed tells that there was more.
    private void Append(MemoryStream line, ReadOnlySpan<byte> bytes) => line.Write(bytes[..(int)Math.Min(bytes.Length, maxLength + 1 - line.Length)]);

    private void CheckAll()
    {
        if (_lines.Count == 0)
        {
            _errors.Add(new BatchError("empty_file", "The input has no requests.", null, null));
        }
        else if (_errors.Count == 0 && _lines.All(line => line.Error is not null))
        {
            _errors.AddRange(_lines.Take(MaxErrors).Select(line =>
            {
                var error = JsonSerializer.Deserialize(line.Error, OpenAiJsonContext.Default.BatchLineResult)!.Error!;
                return new BatchError(error.Code, error.Message, null, line.Number);
            }));
        }
    }

    private void Add(InputLine line, MemoryStream content)
    {
        var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        if (bytes.Trim(" \t\r"u8).IsEmpty)
        {
            return;
        }

        var (customId, error) = bytes.Length > maxLength
            ? (null, new BatchLineError("line_too_long", $"A line may have at most {maxLength} bytes."))
            : Check(bytes);
        if (customId is not null && !_customIds.Add(customId) && _errors.Count < MaxErrors)
        {
            _errors.Add(new BatchError("duplicate_custom_id", "Another line has the same 'custom_id'.", "custom_id", line.Number));
        }

        _lines.Add(line with { CustomId = customId, Error = error is null ? null : ToResult(customId, error) });
    }

    /// <summary>A line of the results for a line that did not run.</summary>
    public static byte[] ToResult(string? customId, BatchLineError error) => JsonSerializer.SerializeToUtf8Bytes(
        new BatchLineResult(RandomId.Create("batch_req_"), customId, null, error), OpenAiJsonContext.Default.BatchLineResult);

    private (string? CustomId, BatchLineError? Error) Check(ReadOnlySpan<byte> bytes)
    {
        BatchLine? line;
        try
        {
            line = JsonSerializer.Deserialize(bytes, OpenAiJsonContext.Default.BatchLine);
        }
        catch (JsonException exception)
        {
            return (null, new BatchLineError("invalid_json_line", RequestFormatError.Explain(exception, OpenAiJsonContext.Default.BatchLine).Message));
        }

        if (line?.CustomId is not { Length: > 0 and <= MaxCustomIdLength } customId)
        {
            return (null, new BatchLineError("missing_required_parameter", $"'custom_id' must have from 1 to {MaxCustomIdLength} characters."));
        }

        var error = line switch
        {
            { Method: not "POST" } => new BatchLineError("invalid_method", "'method' must be \"POST\"."),
            _ when line.Url != endpoint => new BatchLineError("invalid_url", $"'url' must be the batch's endpoint, {endpoint}."),
            { Body: not { ValueKind: JsonValueKind.Object } } => new BatchLineError("missing_required_parameter", "'body' must be an object."),
            _ when IsTrue(line.Body!.Value, "stream") => new BatchLineError("invalid_request", "'body.stream' must not be true in a batch."),
            _ when IsTrue(line.Body!.Value, "background") => new BatchLineError("invalid_request", "'body.background' must not be true in a batch."),
            _ => null,
        };
        return (customId, error);
    }

    private static bool IsTrue(JsonElement body, string name) => body.EnumerateObject().Any(field => field.NameEquals(name) && field.Value.ValueKind == JsonValueKind.True);
}

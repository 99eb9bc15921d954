using System.Text.Json;

namespace Inference.Traces;

/// <summary>Mooncake's traces, as JSON lines: milliseconds, tokens in, tokens out, and ids of the prompt's blocks of 512 tokens.</summary>
public static class MooncakeTrace
{
    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads all rows, in order of arrival.</summary>
    /// <exception cref="FormatException">A line is not as it must be; the message names it.</exception>
    public static IReadOnlyList<TraceRequest> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var requests = new List<TraceRequest>();
        long? first = null;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var row = Parse(line, number);
            var blocks = ((long)row.InputLength + TraceRequest.PrefixBlock - 1) / TraceRequest.PrefixBlock;
            if (row.InputLength < 1 || row.OutputLength < 1 || row.HashIds.Length != blocks)
            {
                throw new FormatException(
                    $"Line {number} has {row.InputLength} tokens in, {row.OutputLength} out and {row.HashIds.Length} hash ids, not one for each block.");
            }

            first ??= row.Timestamp;
            var arrival = TimeSpan.FromMilliseconds(row.Timestamp - first.Value);
            requests.Add(new TraceRequest(arrival, row.InputLength, row.OutputLength, [.. row.HashIds]));
        }

        return requests;
    }

    private static Row Parse(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<Row>(line, Names) ?? throw new FormatException($"Line {number} is null.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"Line {number} is not a request: {exception.Message}", exception);
        }
    }

    private sealed record Row(long Timestamp, int InputLength, int OutputLength, long[] HashIds);
}

using System.Text.Json;

namespace Inference.Traces;

/// <summary>What the load test wrote of the requests that it sent, as JSON lines: seconds, tokens in, tokens out, among other things.</summary>
public static class RecordedTrace
{
    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads all rows, in order of arrival; those without tokens, of requests that failed, are left out.</summary>
    /// <exception cref="FormatException">A line is not as it must be; the message names it.</exception>
    public static IReadOnlyList<TraceRequest> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var requests = new List<TraceRequest>();
        double? first = null;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var row = Parse(line, number);
            if (row.InputTokens < 1 || row.OutputTokens < 1)
                continue;
            first ??= row.Start;
            requests.Add(new TraceRequest(TimeSpan.FromMicroseconds(Math.Round((row.Start - first.Value) * 1e6)), row.InputTokens, row.OutputTokens, []));
        }

        return requests;
    }

    private static Row Parse(string line, int number)
    {
        try
        {
            var row = JsonSerializer.Deserialize<Row>(line, Names) ?? throw new FormatException($"Line {number} is null.");
            return row.Start is >= 0 and < 1e9 ? row : throw new FormatException($"Line {number} has a start of {row.Start} s.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"Line {number} is not a request: {exception.Message}", exception);
        }
    }

    private sealed record Row(double Start, int InputTokens, int OutputTokens);
}

using System.Globalization;

namespace Inference.Traces;

/// <summary>Azure's traces of LLM inference, as CSV: the time of arrival, tokens in, tokens out.</summary>
public static class AzureTrace
{
    private const string Header = "TIMESTAMP,ContextTokens,GeneratedTokens";
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    /// <summary>Reads all rows, in order of arrival.</summary>
    /// <exception cref="FormatException">A line is not as it must be; the message names it.</exception>
    public static IReadOnlyList<TraceRequest> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.ReadLine() != Header)
            throw new FormatException($"Line 1 is not '{Header}'.");

        var requests = new List<TraceRequest>();
        DateTime? first = null;
        for (var number = 2; reader.ReadLine() is { } line; number++)
        {
            var fields = line.Split(',');
            if (fields.Length != 3
                || !DateTime.TryParseExact(fields[0], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                || !TryParseLength(fields[1], out var input)
                || !TryParseLength(fields[2], out var output))
                throw new FormatException($"Line {number} is not a time and two numbers of tokens: '{line}'.");

            first ??= time;
            requests.Add(new TraceRequest(time - first.Value, input, output, []));
        }

        return requests;
    }

    private static bool TryParseLength(string field, out int length) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length > 0;
}

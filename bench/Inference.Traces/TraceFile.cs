using System.IO.Compression;

namespace Inference.Traces;

/// <summary>A trace by its path: <c>.csv</c> is Azure's form, <c>.jsonl</c> Mooncake's or the load test's own; all may be compressed (<c>.gz</c>).</summary>
public static class TraceFile
{
    /// <summary>Reads a trace.</summary>
    /// <exception cref="FormatException">The file is of no known form, or damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<TraceRequest> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        try
        {
            Func<TextReader, IReadOnlyList<TraceRequest>> read = Path.GetExtension(isCompressed ? path[..^3] : path) switch
            {
                ".csv" => AzureTrace.Read,
                ".jsonl" => HasHashIds(path, isCompressed) ? MooncakeTrace.Read : RecordedTrace.Read,
                _ => throw new FormatException("A trace is a .csv of Azure's, a .jsonl of Mooncake's or of the load test's, or one of them as .gz."),
            };
            using var reader = Open(path, isCompressed);
            var requests = read(reader);
            return InOrder(requests) ? requests : throw new FormatException("The requests are not in order of arrival.");
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            throw new FormatException($"{path}: {exception.Message}", exception);
        }
    }

    private static StreamReader Open(string path, bool isCompressed)
    {
        var file = File.OpenRead(path);
        return new StreamReader(isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    private static bool HasHashIds(string path, bool isCompressed)
    {
        using var reader = Open(path, isCompressed);
        return reader.ReadLine()?.Contains("\"hash_ids\"", StringComparison.Ordinal) ?? false;
    }

    private static bool InOrder(IReadOnlyList<TraceRequest> requests)
    {
        for (var i = 1; i < requests.Count; i++)
        {
            if (requests[i].Arrival < requests[i - 1].Arrival)
                return false;
        }

        return true;
    }
}

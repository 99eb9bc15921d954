using System.IO.Compression;

namespace Inference.Traces;

/// <summary>A trace by its path: <c>.csv</c> is Azure's form, <c>.jsonl</c> Mooncake's; either may be compressed (<c>.gz</c>).</summary>
public static class TraceFile
{
    /// <summary>Reads a trace.</summary>
    /// <exception cref="FormatException">The file is of no known form, or damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<TraceRequest> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        Func<TextReader, IReadOnlyList<TraceRequest>> read = Path.GetExtension(isCompressed ? path[..^3] : path) switch
        {
            ".csv" => AzureTrace.Read,
            ".jsonl" => MooncakeTrace.Read,
            _ => throw new FormatException($"{path}: a trace is a .csv of Azure's or a .jsonl of Mooncake's, or either as .gz."),
        };

        using var file = File.OpenRead(path);
        using var reader = new StreamReader(isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file);
        try
        {
            var requests = read(reader);
            return InOrder(requests) ? requests : throw new FormatException("The requests are not in order of arrival.");
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            throw new FormatException($"{path}: {exception.Message}", exception);
        }
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

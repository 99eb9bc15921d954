using System.Text.Json;
using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Reports;

/// <summary>Summaries as JSON.</summary>
internal static class SummaryFile
{
    public static void Write(string path, IReadOnlyList<RunSummary> runs) => WholeFile.Write(
        path, runs.Count == 1 ? JsonSerializer.Serialize(runs[0], LoadJson.Summary) : JsonSerializer.Serialize(runs, LoadJson.Summary));

    /// <summary>The runs of a file: one, or an array.</summary>
    /// <exception cref="FormatException">It is not a summary; the message names the file.</exception>
    public static IReadOnlyList<RunSummary> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? document.RootElement.Deserialize<RunSummary[]>(LoadJson.Summary)!
                : [document.RootElement.Deserialize<RunSummary>(LoadJson.Summary)!];
        }
        catch (JsonException exception)
        {
            throw new FormatException($"{path}: {exception.Message}", exception);
        }
    }
}

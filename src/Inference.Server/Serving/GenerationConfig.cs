using System.Text.Json;
using Inference.Models;

namespace Inference.Server.Serving;

/// <summary>Reads the sampling defaults of a model's generation_config.json.</summary>
internal static class GenerationConfig
{
    private const string FileName = "generation_config.json";
    private const long MaxFileSize = 1 << 20;

    /// <summary>The recommendations, or none when the file is not there.</summary>
    /// <exception cref="ModelFormatException">The file is malformed, or a value is out of range; names it.</exception>
    public static SamplingDefaults Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return SamplingDefaults.None;
        }

        try
        {
            if (new FileInfo(path).Length > MaxFileSize)
            {
                throw new ModelFormatException($"{path}: is larger than {MaxFileSize} bytes");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement, path)
                : throw new ModelFormatException($"{path}: must hold a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: {exception.Message}", exception);
        }
    }

    private static SamplingDefaults Read(JsonElement root, string path) => new()
    {
        Temperature = Number(root, path, "temperature", 0, 2),
        TopP = Number(root, path, "top_p", double.Epsilon, 1),
        TopK = (int?)Number(root, path, "top_k", -1, int.MaxValue),
        MinP = Number(root, path, "min_p", 0, 1),
        RepetitionPenalty = Number(root, path, "repetition_penalty", double.Epsilon, 100),
    };

    private static double? Number(JsonElement root, string path, string name, double min, double max)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max
            ? number
            : throw new ModelFormatException($"{path}: '{name}' is out of range");
    }
}

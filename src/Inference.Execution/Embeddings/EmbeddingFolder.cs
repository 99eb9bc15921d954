using System.Text.Json;
using Inference.Models;

namespace Inference.Execution.Embeddings;

/// <summary>
/// Reads the folder of an embedding model as sentence-transformers lays it out (modules.json, 1_Pooling/config.json, sentence_bert_config.json), with the
/// transformer in ONNX (model.onnx or onnx/model.onnx).
/// </summary>
public static class EmbeddingFolder
{
    private const string ModulesName = "modules.json";
    private const int MaxFileSize = 1 << 20;
    private const int MaxLength = 1 << 20;

    private static readonly (string Name, Pooling Pooling)[] Modes =
    [
        ("pooling_mode_mean_tokens", Pooling.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", Pooling.MeanSqrtLength),
        ("pooling_mode_max_tokens", Pooling.Max),
        ("pooling_mode_cls_token", Pooling.FirstToken),
        ("pooling_mode_lasttoken", Pooling.LastToken),
        ("pooling_mode_weightedmean_tokens", Pooling.WeightedMean),
    ];

    /// <summary>Whether a path is such a folder.</summary>
    public static bool Is(string path) => File.Exists(Path.Combine(path, ModulesName));

    /// <summary>Reads what is there.</summary>
    /// <exception cref="ModelFormatException">A file is missing or malformed, or says something that is not supported; names it.</exception>
    public static EmbeddingSpec Read(string folder)
    {
        var transformer = folder;
        var (pooling, isNormalized) = (Pooling.Mean, false);
        foreach (var (type, path) in Modules(folder))
        {
            switch (type)
            {
                case "Transformer":
                    transformer = path;
                    break;
                case "Pooling":
                    pooling = ReadPooling(Path.Combine(path, "config.json"));
                    break;
                case "Normalize":
                    isNormalized = true;
                    break;
                default:
                    throw new ModelFormatException($"{Path.Combine(folder, ModulesName)}: modules of type {type} are not supported");
            }
        }

        string[] candidates = [Path.Combine(transformer, "model.onnx"), Path.Combine(transformer, "onnx", "model.onnx"), Path.Combine(folder, "onnx", "model.onnx")];
        return new EmbeddingSpec
        {
            ModelPath = candidates.FirstOrDefault(File.Exists)
                ?? throw new ModelFormatException($"{folder}: has no model.onnx, nor onnx/model.onnx; an embedding model must be in ONNX"),
            Pooling = pooling,
            IsNormalized = isNormalized,
            MaxLength = ReadMaxLength(transformer),
        };
    }

    private static List<(string Type, string Path)> Modules(string folder)
    {
        var file = Path.Combine(folder, ModulesName);
        using var document = Open(file) ?? throw new ModelFormatException($"{file}: there is no such file");
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new ModelFormatException($"{file}: must hold a list");
        }

        return [.. document.RootElement.EnumerateArray().Select(module => (
            TextOf(module, "type", file).Split('.')[^1],
            PathWithin(folder, TextOf(module, "path", file), file)))];
    }

    // The folder may come from anywhere; what it names must lie in it.
    private static string PathWithin(string folder, string path, string file) =>
        path.Split('/', '\\').Contains("..") || Path.IsPathRooted(path)
            ? throw new ModelFormatException($"{file}: a module's path must lie within the folder")
            : Path.Combine(folder, path);

    private static Pooling ReadPooling(string file)
    {
        using var document = Open(file) ?? throw new ModelFormatException($"{file}: there is no such file");
        var chosen = Modes.Where(mode => IsTrue(document.RootElement, mode.Name)).ToArray();
        return chosen is [var (_, pooling)]
            ? pooling
            : throw new ModelFormatException(
                $"{file}: exactly one of {string.Join(", ", Modes.Select(mode => mode.Name))} must be true");
    }

    private static int ReadMaxLength(string folder)
    {
        var asked = ReadInteger(Path.Combine(folder, "sentence_bert_config.json"), "max_seq_length");
        var positions = ReadInteger(Path.Combine(folder, "config.json"), "max_position_embeddings");
        return (asked, positions) switch
        {
            ({ } length, { } limit) => Math.Min(length, limit),
            _ => asked ?? positions ?? throw new ModelFormatException(
                $"{folder}: neither max_seq_length of sentence_bert_config.json nor max_position_embeddings of config.json says how long a text may be"),
        };
    }

    private static int? ReadInteger(string file, string name)
    {
        using var document = Open(file);
        if (document is null || !Object(document.RootElement, file).TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is >= 1 and <= MaxLength
            ? number
            : throw new ModelFormatException($"{file}: '{name}' must be a whole number from 1 to {MaxLength}");
    }

    private static bool IsTrue(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string TextOf(JsonElement root, string name, string file) =>
        Object(root, file).TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new ModelFormatException($"{file}: '{name}' must be a string");

    private static JsonElement Object(JsonElement root, string file) =>
        root.ValueKind == JsonValueKind.Object ? root : throw new ModelFormatException($"{file}: must hold an object");

    private static JsonDocument? Open(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return null;
            }

            return new FileInfo(file).Length <= MaxFileSize
                ? JsonDocument.Parse(File.ReadAllBytes(file))
                : throw new ModelFormatException($"{file}: is larger than {MaxFileSize} bytes");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{file}: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }
}

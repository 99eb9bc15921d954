using Inference.Models.Checkpoints;

namespace Inference.Models.SafeTensors;

/// <summary>The index of a sharded checkpoint: which file beside it holds which tensor.</summary>
/// <param name="Path">Of the index.</param>
/// <param name="FileOf">File names by tensor.</param>
internal sealed record SafeTensorsIndex(string Path, IReadOnlyDictionary<string, string> FileOf)
{
    /// <summary>What the index of a checkpoint is called.</summary>
    public const string FileName = "model.safetensors.index.json";

    private const int MaxBytes = 64 << 20;

    /// <summary>Reads an index.</summary>
    /// <exception cref="ModelFormatException">No valid index, or a file name that leads out of the folder.</exception>
    public static SafeTensorsIndex Load(string path)
    {
        var index = JsonFields.Load(path, MaxBytes);
        var map = index.Require("weight_map", index.GetObject("weight_map"));
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tensor in map.Names)
        {
            var file = map.Require(tensor, map.GetString(tensor));
            if (file.AsSpan().ContainsAny('/', '\\')
                || file.Any(char.IsControl)
                || !file.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                throw map.Error(tensor, $"should name a .safetensors file beside the index, not '{OneLine.Shorten(file)}'");
            }

            files.Add(tensor, file);
        }

        return new SafeTensorsIndex(path, files);
    }
}

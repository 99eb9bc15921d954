using Inference.Models.Checkpoints;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.GenAi;

/// <summary>A package for ONNX Runtime GenAI: a folder with genai_config.json, a graph, its weights, and a tokenizer.</summary>
public sealed class GenAiPackage
{
    private const string ConfigName = "genai_config.json";

    private readonly ModelProto _model;

    private GenAiPackage(string folder, GenAiConfig config, ModelProto model) => (Folder, Config, _model) = (folder, config, model);

    /// <summary>Where it lies; the graph's weights are named relative to this.</summary>
    public string Folder { get; }

    /// <summary>genai_config.json.</summary>
    public GenAiConfig Config { get; }

    /// <summary>genai_config.json's path.</summary>
    public string ConfigPath => Path.Combine(Folder, ConfigName);

    /// <summary>The graph's path.</summary>
    public string GraphPath => Path.Combine(Folder, Config.FileName);

    /// <summary>Whether the graph brings a paged cache of its own, which only a CUDA device can run.</summary>
    public bool IsPaged => _model.Graph.Node.Any(PackageOperators.IsPagedAttention);

    /// <summary>Whether a path is the folder of a package.</summary>
    public static bool Is(string path) => File.Exists(Path.Combine(path, ConfigName));

    /// <summary>Reads the configuration and the graph; the weights stay where they are, but must be whole.</summary>
    /// <exception cref="ModelFormatException">A file is missing or malformed; names it and the field or tensor.</exception>
    public static GenAiPackage Open(string folder)
    {
        folder = Path.GetFullPath(folder);
        var config = GenAiConfigReader.Read(Path.Combine(folder, ConfigName));
        return new GenAiPackage(folder, config, PackageGraph.Read(Path.Combine(folder, config.FileName)));
    }

    /// <summary>Puts the paged cache of this program in the place of the package's own; see <see cref="PagedRewriter"/>.</summary>
    /// <param name="maxLength">The longest sequence that will be run, in tokens; null for as long as the package allows. Where positions
    /// turn otherwise in long sequences (LongRoPE), this decides how they turn in all.</param>
    /// <exception cref="ModelFormatException">The graph has something that cannot be rewritten; names it.</exception>
    public PagedPackage Rewrite(int? maxLength = null) => PagedRewriter.Rewrite(_model.Clone(), Config, GraphPath, maxLength);

    /// <summary>An exception that names the configuration's file.</summary>
    internal ModelFormatException Error(string what) => new($"{ConfigPath}: {OneLine.Shorten(what)}");
}

using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Lora;
using Inference.Models.Tests.SafeTensors;

namespace Inference.Models.Tests.Lora;

/// <summary>An adapter for the tiny llama (hidden 128, intermediate 256, 4 heads of 32, 2 key heads), to be spoilt by a test.</summary>
internal sealed class LoraTestFolder : IDisposable
{
    public const string Prefix = "base_model.model.model.layers.0.";

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string Config { get; set; } = """{"peft_type":"LORA","r":2,"lora_alpha":4,"target_modules":["q_proj"]}""";

    public SafeTensorsBuilder Tensors { get; } = new();

    /// <summary>A and B of a module, of zeros.</summary>
    public LoraTestFolder With(string module, int rank, int inputs, int outputs)
    {
        Tensors.With(Prefix + module + ".lora_A.weight", [rank, inputs], new float[rank * inputs]);
        Tensors.With(Prefix + module + ".lora_B.weight", [outputs, rank], new float[rank * outputs]);
        return this;
    }

    public LoraFolder Open(string model = "llama", int maxRank = 16, ModelDType dtype = ModelDType.Float32)
    {
        _folder.Write("adapter_config.json", Config);
        _folder.Write("adapter_model.safetensors", Tensors.Build());
        return LoraFolder.Open(Path, Base(model, dtype), maxRank);
    }

    public static LoraBase Base(string model = "llama", ModelDType dtype = ModelDType.Float32)
    {
        using var files = ModelFolder.Open(RepositoryFiles.ZooModel(model));
        return LoraBase.Of(files, dtype);
    }

    public void Dispose() => _folder.Dispose();
}

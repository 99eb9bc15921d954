using Inference.Execution.Cpu.Lora;
using Inference.Models;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Lora;
using Inference.Server.Options;

namespace Inference.Server.Serving.Lora;

/// <summary>Reads the adapters that a model is started with, and keeps what it takes to read others.</summary>
internal static class LoraLoader
{
    /// <summary>The adapters of the options; none are ever taken if these name none and adapters cannot be loaded later.</summary>
    /// <param name="model">The model's files; null for a package, which takes none.</param>
    /// <param name="dtype">In which numbers it computes.</param>
    /// <param name="options">What the model is served with.</param>
    /// <param name="time">Tells when they were loaded.</param>
    /// <exception cref="ModelFormatException">An adapter cannot be used.</exception>
    public static ServedAdapters Load(ModelFolder? model, ModelDType dtype, ServerOptions options, TimeProvider time)
    {
        if (model is null || !options.TakesAdapters)
        {
            return new ServedAdapters(load: null, []);
        }

        var adapted = LoraBase.Of(model, dtype);
        return new ServedAdapters(Read, [.. options.Loras.Select(lora => new ServedAdapter(lora.Name, Read(lora.Path), time.GetUtcNow()))]);

        LoraAdapter Read(string path)
        {
            using var folder = LoraFolder.Open(path, adapted, options.MaxLoraRank);
            return LoraAdapter.Load(folder, adapted);
        }
    }
}

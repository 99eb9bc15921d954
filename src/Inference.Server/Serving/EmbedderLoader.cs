using System.Collections.Immutable;
using Inference.Execution;
using Inference.Execution.Embeddings;
using Inference.Models;
using Inference.Server.Options;
using Inference.Tokenization;

namespace Inference.Server.Serving;

/// <summary>From an embedding model's folder to a model that runs.</summary>
internal static class EmbedderLoader
{
    /// <summary>Loads the model that the options name.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="names">What requests call it.</param>
    /// <param name="options">Its own.</param>
    /// <param name="turns">Those of all models that share the cores; null when there is no other.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ModelFormatException">The model's files cannot be used.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer's files cannot be used.</exception>
    public static LoadedEmbedder Load(string path, ImmutableArray<string> names, ServerOptions options, ExecutionTurns? turns, TimeProvider time)
    {
        var spec = EmbeddingFolder.Read(path);
        spec = spec with { MaxLength = Math.Min(spec.MaxLength, options.MaxModelLen ?? spec.MaxLength) };
        var tokenizer = Tokenizer.Load(Path.Combine(path, "tokenizer.json"));
        var special = tokenizer.SpecialTokensBefore.Count + tokenizer.SpecialTokensAfter.Count;
        if (spec.MaxLength <= special)
        {
            throw new OptionException($"--max-model-len {spec.MaxLength}: {path} puts {special} special tokens around each text");
        }

        var executor = OnnxEmbeddingModel.Load(spec, options.Threads ?? 0, sharesCores: turns is not null);
        var model = new EmbedderModel
        {
            Names = names,
            Tokenizer = tokenizer,
            MaxLength = executor.MaxLength,
            Dimensions = executor.Dimensions,
            LoadedAt = time.GetUtcNow(),
        };
        return new LoadedEmbedder(model, executor, turns, options);
    }
}

using System.Collections.Immutable;

namespace Inference.Server.Options;

/// <summary>From the server's options to those of each model: the server's, and over them what the model's --model adds.</summary>
internal static class ModelOptions
{
    private const string CacheMemory = "kv-cache-memory";
    private const string CacheBlocks = "num-blocks";

    /// <summary>The options that a model can have for itself, by <see cref="OptionDefinition.Name"/>.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "dtype", "kv-cache-dtype", "max-model-len", "tool-call-parser", "reasoning-parser", "max-logprobs", "max-num-seqs", "max-num-batched-tokens",
        "scheduling-policy", "priority-ageing", "schedule-conservativeness", "rolling-batch", "batch-size", "max-batch-delay", "paged-attention", "prefill",
        "max-queue-length", "max-queued-tokens", "enable-prefix-caching", "speculative-config", "block-size", CacheBlocks, CacheMemory,
        "lora", "max-lora-rank", "max-loras", "threads",
    ];

    /// <summary>Those among them that an embedding model can have.</summary>
    public static ImmutableArray<string> EmbedderNames { get; } = ["max-model-len", "max-num-seqs", "max-queue-length", "max-queued-tokens", "threads"];

    /// <summary>Checks the own options of an embedding model.</summary>
    /// <exception cref="OptionException">One is about generating text.</exception>
    public static void CheckEmbedder(ModelArgument model)
    {
        foreach (var (option, _) in model.Overrides.Where(given => !EmbedderNames.Contains(given.Option)))
        {
            throw new OptionException(
                $"--model {model.Name ?? model.Path}: {option} does not concern an embedding model; those that do are {string.Join(", ", EmbedderNames)}");
        }
    }

    /// <summary>Options for each model, with <see cref="ServerOptions.Model"/> set, in the order in which the models were asked for.</summary>
    /// <exception cref="OptionException">A model's own option is unknown, is not one of <see cref="Names"/>, or has a wrong value.</exception>
    public static ImmutableArray<ServerOptions> Each(ServerOptions options) =>
        options.Models.IsEmpty ? [options] : [.. options.Models.Select(model => For(model, options))];

    private static ServerOptions For(ModelArgument model, ServerOptions options)
    {
        var own = options with
        {
            Model = model.Path,
            Models = [],
            ServedModelNames = model.Name is { } name ? [name] : options.ServedModelNames,
            SharesCacheMemory = !model.Overrides.Any(given => given.Option is CacheMemory or CacheBlocks),
        };
        foreach (var (option, value) in model.Overrides)
        {
            own = OptionsReader.Apply(Find(option), own, value, $"--model {model.Name ?? model.Path}: {option}");
        }

        return OptionsReader.CheckTogether(own);
    }

    private static OptionDefinition Find(string name) => Names.Contains(name)
        ? OptionTable.All.Single(definition => definition.Name == name)
        : throw new OptionException($"--model: '{name}' is not an option of a model; those are {string.Join(", ", Names)}");
}

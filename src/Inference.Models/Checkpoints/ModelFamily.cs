using System.Collections.Immutable;

namespace Inference.Models.Checkpoints;

/// <summary>What tells one model family from another when its files are read. A new family is a line in <see cref="All"/>.</summary>
internal sealed record ModelFamily
{
    /// <summary>Every family that can be read.</summary>
    public static ImmutableArray<ModelFamily> All { get; } =
    [
        new()
        {
            ModelType = "llama",
            Architecture = "LlamaForCausalLM",
            GgufArchitecture = "llama",
            GgufInterleavesRotary = true,
            BiasesFromConfig = true,
        },
        new()
        {
            ModelType = "mistral",
            Architecture = "MistralForCausalLM",
            GgufArchitecture = "llama",
            GgufInterleavesRotary = true,
            SlidingWindowByDefault = true,
        },
        new()
        {
            ModelType = "qwen2",
            Architecture = "Qwen2ForCausalLM",
            GgufArchitecture = "qwen2",
            HasQkvBias = true,
            SlidingWindowIsOptional = true,
        },
    ];

    /// <summary>The <c>model_type</c> of a config.json.</summary>
    public required string ModelType { get; init; }

    /// <summary>The class that a config.json's <c>architectures</c> must name, if it names any.</summary>
    public required string Architecture { get; init; }

    /// <summary>The <c>general.architecture</c> of a GGUF file; several families may share one.</summary>
    public required string GgufArchitecture { get; init; }

    /// <summary>Whether GGUF converters interleave the rows of query and key heads.</summary>
    public bool GgufInterleavesRotary { get; init; }

    /// <summary>Whether <c>attention_bias</c> and <c>mlp_bias</c> say which projections have biases.</summary>
    public bool BiasesFromConfig { get; init; }

    /// <summary>Whether q, k and v always have biases.</summary>
    public bool HasQkvBias { get; init; }

    /// <summary>Whether a config without <c>sliding_window</c> means a window (so that full attention must be said, with null).</summary>
    public bool SlidingWindowByDefault { get; init; }

    /// <summary>Whether <c>sliding_window</c> holds only when <c>use_sliding_window</c> is true.</summary>
    public bool SlidingWindowIsOptional { get; init; }

    /// <summary>Every <c>model_type</c>, for messages.</summary>
    public static string ModelTypes => string.Join(", ", All.Select(family => family.ModelType));

    /// <summary>Every <c>general.architecture</c>, for messages.</summary>
    public static string GgufArchitectures => string.Join(", ", All.Select(family => family.GgufArchitecture).Distinct());

    /// <summary>By <c>model_type</c>, or null.</summary>
    public static ModelFamily? OfModelType(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);

    /// <summary>The first (and plainest) of those that share a GGUF architecture, or null.</summary>
    public static ModelFamily? OfGguf(string architecture) => All.FirstOrDefault(family => family.GgufArchitecture == architecture);
}

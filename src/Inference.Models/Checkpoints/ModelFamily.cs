using System.Collections.Immutable;
using Inference.Models.Checkpoints.Families;

namespace Inference.Models.Checkpoints;

/// <summary>
/// What tells one model family from another when its files are read. A new family is a class in <c>Families</c> and a line in
/// <see cref="All"/>.
/// </summary>
internal sealed record ModelFamily
{
    /// <summary>Every family that can be read.</summary>
    public static ImmutableArray<ModelFamily> All { get; } =
    [
        LlamaFamily.Llama,
        LlamaFamily.Mistral,
        QwenFamily.Qwen2,
        QwenFamily.Qwen3,
        GemmaFamily.Gemma,
        GemmaFamily.Gemma2,
        GemmaFamily.Gemma3,
        PhiFamily.Phi,
        PhiFamily.Phi3,
        OlmoFamily.Olmo,
        OlmoFamily.Olmo2,
        LlamaFamily.SmolLm3,
        LlamaFamily.Ernie45,
        LlamaFamily.Granite,
        NemotronFamily.Nemotron,
        FalconFamily.Falcon,
        GptFamily.GptJ,
        GptFamily.GptNeoX,
        GptFamily.Gpt2,
        OptFamily.Opt,
        BloomFamily.Bloom,
        MptFamily.Mpt,
    ];

    /// <summary>The <c>model_type</c> of a config.json.</summary>
    public required string ModelType { get; init; }

    /// <summary>The class that a config.json's <c>architectures</c> must name, if it names any.</summary>
    public required string Architecture { get; init; }

    /// <summary>Turns a config into a spec.</summary>
    public required Func<DecoderConfig, DecoderSpec> ReadSpec { get; init; }

    /// <summary>
    /// Says where the weights of a spec are in the family's checkpoints; null where all are under the names of
    /// <see cref="WeightNames"/>.
    /// </summary>
    public Action<WeightMap, DecoderSpec>? MapWeights { get; init; }

    /// <summary>What checkpoints of the bare model, without its head, leave away from the beginning of names.</summary>
    public string Prefix { get; init; } = "model.";

    /// <summary>Every <c>model_type</c>, for messages.</summary>
    public static string ModelTypes => string.Join(", ", All.Select(family => family.ModelType));

    /// <summary>By <c>model_type</c>, or null.</summary>
    public static ModelFamily? OfModelType(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);

    /// <summary>A checkpoint's weights under the names of <see cref="WeightNames"/>, in the form that the spec means.</summary>
    /// <param name="spec">Read from the checkpoint's config.</param>
    /// <param name="weights">The checkpoint's; disposed of with the result.</param>
    public WeightSource Adapt(DecoderSpec spec, WeightSource weights) =>
        MapWeights is null ? weights : new AdaptedWeights(weights, MapOf(spec), Prefix);

    /// <summary>Where the weights of a spec are in the family's checkpoints.</summary>
    public WeightMap MapOf(DecoderSpec spec)
    {
        var map = new WeightMap();
        MapWeights?.Invoke(map, spec);
        return map;
    }
}

using System.Collections.Immutable;

namespace Inference.Models.Gguf;

/// <summary>
/// Every architecture that can be read. A new one is a line here. (Names and conventions: gguf-py's constants and llama.cpp's converter.)
/// </summary>
internal static class GgufArchitectures
{
    private static readonly ImmutableArray<GgufArchitecture> All =
    [
        new() { Name = "llama", ModelTypes = ["llama", "mistral"], InterleavesRotary = true },
        new() { Name = "qwen2", ModelTypes = ["qwen2"] },
        new() { Name = "qwen3", ModelTypes = ["qwen3"] },
        new() { Name = "smollm3", ModelTypes = ["smollm3"], InterleavesRotary = true, Refine = GgufRefinements.SmolLm3 },
        new() { Name = "ernie4_5", ModelTypes = ["ernie4_5"], InterleavesRotary = true },
        new() { Name = "granite", ModelTypes = ["granite"], InterleavesRotary = true, Refine = GgufRefinements.Granite },
        Plain("nemotron", "nemotron", Activation.ReluSquared) with
        {
            HasPartialRotary = true, MapWeights = GgufRefinements.MapPartialRotary,
        },
        new()
        {
            Name = "olmo", ModelTypes = ["olmo"], InterleavesRotary = true, Norm = NormKind.Layer,
            Refine = GgufRefinements.Olmo, MapWeights = GgufRefinements.MapOlmo,
        },
        new() { Name = "olmo2", ModelTypes = ["olmo2"], Placement = NormPlacement.After },
        new() { Name = "gemma", ModelTypes = ["gemma"], Activation = Activation.GeluTanh, Refine = GgufRefinements.Gemma },
        new()
        {
            Name = "gemma2", ModelTypes = ["gemma2"], Activation = Activation.GeluTanh, Placement = NormPlacement.BeforeAndAfter,
            HasWindows = true, Refine = GgufRefinements.Gemma2,
        },
        new()
        {
            Name = "gemma3", ModelTypes = ["gemma3_text"], Activation = Activation.GeluTanh, Placement = NormPlacement.BeforeAndAfter,
            HasWindows = true, HasLinearScaling = true, Refine = GgufRefinements.Gemma3,
        },
        Plain("phi2", "phi", Activation.GeluTanh) with
        {
            HasPartialRotary = true, MapWeights = GgufRefinements.MapPartialRotary,
            Refine = (_, spec) => spec with { Residual = ResidualKind.ParallelOneNorm },
        },
        new()
        {
            Name = "phi3", ModelTypes = ["phi3"], HasPartialRotary = true, HasWindows = true,
            Refine = GgufRefinements.Phi3, MapWeights = GgufRefinements.MapPhi3,
        },
        Plain("gpt2", "gpt2", Activation.GeluTanh) with
        {
            HasRotary = false, MapWeights = GgufRefinements.MapPacked,
            Refine = (_, spec) => spec with { Embedding = new TokenEmbeddingSpec { LearnedPositions = spec.MaxPositions } },
        },
        Plain("gptneox", "gpt_neox", Activation.Gelu) with
        {
            HasPartialRotary = true, Refine = GgufRefinements.GptNeoX, MapWeights = GgufRefinements.MapPacked,
        },
        Plain("falcon", "falcon", Activation.Gelu) with { Refine = GgufRefinements.Falcon, MapWeights = GgufRefinements.MapFalcon },
        Plain("bloom", "bloom", Activation.GeluTanh) with
        {
            HasRotary = false, Refine = GgufRefinements.Bloom, MapWeights = GgufRefinements.MapPacked,
        },
        Plain("mpt", "mpt", Activation.Gelu) with
        {
            HasRotary = false, Refine = GgufRefinements.Mpt, MapWeights = GgufRefinements.MapPacked,
        },
    ];

    /// <summary>Every name, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(architecture => architecture.Name));

    /// <summary>By <c>general.architecture</c>, or null.</summary>
    public static GgufArchitecture? Named(string name) => All.FirstOrDefault(architecture => architecture.Name == name);

    /// <summary>By the <c>model_type</c> of a config.json, or null.</summary>
    public static GgufArchitecture? OfModelType(string modelType) =>
        All.FirstOrDefault(architecture => architecture.ModelTypes.Contains(modelType));

    /// <summary>With layer norms, and an MLP without a gate.</summary>
    private static GgufArchitecture Plain(string name, string modelType, Activation activation) => new()
    {
        Name = name,
        ModelTypes = [modelType],
        Norm = NormKind.Layer,
        HasPlainMlp = true,
        Activation = activation,
    };
}

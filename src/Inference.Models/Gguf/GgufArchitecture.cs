using System.Collections.Immutable;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// The conventions of GGUF files of one <c>general.architecture</c>: those of llama, but for what is said here. Converters have added one
/// to the norms that multiply by 1 + weight, transposed Conv1D matrices, and put packed queries, keys and values side by side.
/// </summary>
internal sealed record GgufArchitecture
{
    /// <summary>The <c>general.architecture</c>, and the beginning of its metadata's keys.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>model_type</c> of the families that it stands for, the plainest first.</summary>
    public required ImmutableArray<string> ModelTypes { get; init; }

    /// <summary>Whether rows of queries and keys are in the order for pairs that are neighbours.</summary>
    public bool InterleavesRotary { get; init; }

    /// <summary>Whether positions turn queries and keys.</summary>
    public bool HasRotary { get; init; } = true;

    /// <summary>Whether only a part of a head may turn, its first elements.</summary>
    public bool HasPartialRotary { get; init; }

    /// <summary>Whether the architecture's reader sees to linear scaling of positions.</summary>
    public bool HasLinearScaling { get; init; }

    /// <summary>Whether the architecture's reader sees to windows.</summary>
    public bool HasWindows { get; init; }

    /// <summary>What the norms compute.</summary>
    public NormKind Norm { get; init; }

    /// <summary>Where a layer has norms.</summary>
    public NormPlacement Placement { get; init; }

    /// <summary>Whether the MLP has no gate.</summary>
    public bool HasPlainMlp { get; init; }

    /// <summary>The MLP's nonlinearity.</summary>
    public Activation Activation { get; init; }

    /// <summary>What else the architecture's metadata says, or what it takes for granted.</summary>
    public Func<GgufHyperparameters, DecoderSpec, DecoderSpec>? Refine { get; init; }

    /// <summary>
    /// Where weights are that are not under their own names, by the names of <see cref="GgufWeightNames"/>; null where all are.
    /// </summary>
    public Action<WeightMap, DecoderSpec>? MapWeights { get; init; }

    /// <summary>A file's weights under the names of <see cref="WeightNames"/>, in the form that the spec means.</summary>
    /// <param name="file">Disposed of with the result.</param>
    /// <param name="spec">What the decoder computes.</param>
    public WeightSource Open(GgufFile file, DecoderSpec spec)
    {
        var source = new GgufWeightSource(file, InterleavesRotary ? spec.Attention.HeadSize : 0);
        if (MapWeights is null)
        {
            return source;
        }

        var map = new WeightMap();
        MapWeights(map, spec);
        return new AdaptedWeights(source, map, prefix: "");
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Inference.Models.Gguf;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Compares the spec of a config.json with that of the GGUF file beside it. (Whether tensors agree is the validator's part.)
/// </summary>
internal static class SpecAgreement
{
    private static readonly ImmutableArray<(string Field, Func<DecoderSpec, IFormattable> Value)> Fields =
    [
        ("vocab_size", spec => spec.VocabularySize),
        ("hidden_size", spec => spec.HiddenSize),
        ("num_hidden_layers", spec => spec.LayerCount),
        ("max_position_embeddings", spec => spec.MaxPositions),
        ("num_attention_heads", spec => spec.Attention.HeadCount),
        ("num_key_value_heads", spec => spec.Attention.KvHeadCount),
        ("head_dim", spec => spec.Attention.HeadSize),
        ("rope_theta", spec => spec.AttentionOf(0).Rotary?.Theta ?? 0),
        ("intermediate_size", spec => spec.Mlp.IntermediateSize),
        ("rms_norm_eps", spec => spec.NormEpsilon),
    ];

    /// <summary>Checks every number that both files give.</summary>
    /// <exception cref="ModelFormatException">One differs; the message names it and both files.</exception>
    public static void Check(DecoderSpec config, string configPath, DecoderSpec gguf, string ggufPath)
    {
        if (Architecture(config) != Architecture(gguf))
        {
            throw new ModelFormatException(
                $"{configPath}: 'model_type' is {config.ModelType}, but {ggufPath} has the architecture {Architecture(gguf)}");
        }

        foreach (var (field, value) in Fields)
        {
            var (expected, actual) = (value(config), value(gguf));
            if (!expected.Equals(actual))
            {
                var numbers = string.Create(CultureInfo.InvariantCulture, $"{expected}, but {ggufPath} says {actual}");
                throw new ModelFormatException($"{configPath}: '{field}' is {numbers}");
            }
        }
    }

    private static string? Architecture(DecoderSpec spec) => GgufArchitectures.OfModelType(spec.ModelType)?.Name;
}

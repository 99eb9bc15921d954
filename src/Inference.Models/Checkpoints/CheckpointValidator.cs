namespace Inference.Models.Checkpoints;

/// <summary>Checks that a checkpoint holds exactly the tensors of a decoder, before anything is made from it.</summary>
internal static class CheckpointValidator
{
    /// <summary>Tables that old exporters saved and that follow from the spec: rotary frequencies, and causal masks.</summary>
    private static readonly string[] TableSuffixes =
        [".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias", ".attn.bias", ".attn.masked_bias"];

    /// <summary>
    /// Checks existence, shape and readability of every tensor, and that none is left over (it would change what is computed).
    /// </summary>
    /// <param name="spec">What the decoder needs.</param>
    /// <param name="weights">What there is.</param>
    /// <param name="path">Of the checkpoint, for messages.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, superfluous, of another shape or unreadable.</exception>
    public static void Validate(DecoderSpec spec, WeightSource weights, string path)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { WeightNames.Head };
        foreach (var (name, expected) in RequiredWeights.Of(spec))
        {
            known.Add(name);
            if (!weights.TryGetShape(name, out var shape))
            {
                throw new ModelFormatException($"{path}: tensor '{name}' is missing; its shape should be {TensorShape.Format(expected)}");
            }

            if (!shape.AsSpan().SequenceEqual(expected.AsSpan()))
            {
                throw new ModelFormatException(
                    $"{path}: tensor '{name}' has shape {TensorShape.Format(shape)}, but the model needs {TensorShape.Format(expected)}");
            }
        }

        var superfluous = weights.Names.FirstOrDefault(name =>
            !known.Contains(name)
            && !TableSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal))
            && !IsBiasOfZeros(weights, name));
        if (superfluous is not null)
        {
            throw new ModelFormatException(
                $"{path}: tensor '{OneLine.Shorten(superfluous)}' has no place in a {spec.ModelType} model of {spec.LayerCount} layers");
        }
    }

    /// <summary>Quantisers save such biases for projections that have none; they change nothing.</summary>
    private static bool IsBiasOfZeros(WeightSource weights, string name)
    {
        const int MaxLength = 1 << 24;
        if (!name.EndsWith(".bias", StringComparison.Ordinal)
            || !weights.TryGetShape(name, out var shape)
            || shape is not [<= MaxLength and var length])
        {
            return false;
        }

        var bias = new float[length];
        weights.ReadRows(name, 0, bias);
        return !bias.AsSpan().ContainsAnyExcept(0);
    }
}

namespace Inference.Models.Checkpoints;

/// <summary>
/// Reads rotary positions in the spelling of transformers 5 (<c>rope_parameters</c>) or of earlier releases (<c>rope_theta</c>,
/// <c>rope_scaling</c>); where both are there they must agree.
/// </summary>
internal static class RotaryReader
{
    private const double DefaultTheta = 10_000;

    private static readonly string[] Groups = ["rope_parameters", "rope_scaling"];
    private static readonly string[] ThetaNames = ["rope_theta", "rotary_emb_base"];
    private static readonly string[] PartNames = ["partial_rotary_factor", "rotary_pct"];

    /// <summary>Reads the config's own.</summary>
    /// <param name="config">The config.</param>
    /// <param name="headSize">Elements of a head.</param>
    /// <param name="maxPositions">The longest sequence.</param>
    /// <param name="part">Which part of a head turns when the config does not say it.</param>
    /// <param name="theta">The base of the frequencies when the config does not say it.</param>
    public static RotarySpec Read(DecoderConfig config, int headSize, int maxPositions, double part = 1, double theta = DefaultTheta)
    {
        config.Expect("rope_interleaved", false);
        if (headSize is < 2 or > SpecLimits.MaxHeadSize)
        {
            throw config.Error("head_dim", $"is {headSize}; it should be an even number from 2 to {SpecLimits.MaxHeadSize}");
        }

        var groups = Groups.Select(config.Fields.GetObject).OfType<JsonFields>().ToArray();
        JsonFields[] all = [config.Fields, .. groups];
        var read = new RotarySpec { Theta = (float)(Single(all, ThetaNames) ?? theta) };
        var factor = Single(all, PartNames) ?? part;
        if (factor is not (> 0 and <= 1))
        {
            throw config.Error("partial_rotary_factor", $"is {factor}; it should be over 0 and at most 1");
        }

        return Scale(factor == 1 ? read : read with { Size = (int)(headSize * factor) }, config, groups, headSize, maxPositions);
    }

    /// <summary>Reads one of several kinds of layers: <c>rope_parameters</c> holds an object for each.</summary>
    public static RotarySpec ReadKind(DecoderConfig config, JsonFields kind, int headSize, int maxPositions) =>
        Scale(
            new RotarySpec { Theta = (float)(kind.GetNumber("rope_theta") ?? DefaultTheta) }, config, [kind], headSize, maxPositions);

    private static RotarySpec Scale(RotarySpec plain, DecoderConfig config, JsonFields[] groups, int headSize, int maxPositions)
    {
        var (rotary, size) = (plain, plain.Size ?? headSize);
        foreach (var group in groups)
        {
            if (RotaryScaling.Read(plain, group, size, config, maxPositions) is { } scaled)
            {
                rotary = rotary == plain || rotary == scaled ? scaled : throw group.Error("rope_type", "differs from another place");
            }

            RotaryScaling.RefuseUnread(group);
        }

        return rotary;
    }

    /// <summary>A number that may stand in several places, and must be the same in all.</summary>
    private static double? Single(JsonFields[] places, string[] names)
    {
        double? found = null;
        foreach (var (fields, name) in places.SelectMany(fields => names.Select(name => (fields, name))))
        {
            var value = fields.GetNumber(name);
            if (value is not null && found is not null && value != found)
            {
                throw fields.Error(name, $"is {value}, but {found} in another place");
            }

            found ??= value;
        }

        return found;
    }
}

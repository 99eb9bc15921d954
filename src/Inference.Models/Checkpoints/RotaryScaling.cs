using System.Collections.Immutable;

namespace Inference.Models.Checkpoints;

/// <summary>
/// The ways in which rotary positions are stretched over longer texts, brought to divisors of the frequencies: <c>linear</c> (Chen et al.
/// 2023), <c>llama3</c> (Llama 3.1's frequency bands), <c>yarn</c> (Peng et al. 2023, section 3.2 and 3.4), <c>longrope</c> (Ding et al.
/// 2024). <c>dynamic</c> changes nothing up to <c>max_position_embeddings</c>, and nothing longer is served.
/// </summary>
internal static class RotaryScaling
{
    private static readonly string[] TypeNames = ["rope_type", "type"];

    /// <summary>Keys that say something elsewhere, or nothing.</summary>
    private static readonly string[] OtherKeys =
        ["rope_theta", "partial_rotary_factor", "rotary_pct", "rotary_emb_base", "original_max_position_embeddings", "factor", .. TypeNames];

    /// <summary>Reads one object; null if it stretches nothing.</summary>
    /// <param name="plain">The rotary positions without stretching.</param>
    /// <param name="group">The object.</param>
    /// <param name="size">Elements of a head that turn.</param>
    /// <param name="config">The config around it.</param>
    /// <param name="maxPositions">The longest sequence.</param>
    public static RotarySpec? Read(RotarySpec plain, JsonFields group, int size, DecoderConfig config, int maxPositions)
    {
        var name = TypeNames.FirstOrDefault(group.Has) ?? TypeNames[0];
        var type = TypeNames.Select(group.GetString).OfType<string>().FirstOrDefault();
        if (type is null && group.Has("factor"))
        {
            throw group.Error("factor", "is not supported without a rope_type");
        }

        return type switch
        {
            null or "default" or "dynamic" => null,
            "linear" => plain with { Divisors = Divisors(size, _ => Positive(group, "factor")) },
            "llama3" => Llama3(plain, group, size),
            "yarn" => Yarn(plain, group, size, config, maxPositions),
            "longrope" or "su" => LongRope(plain, group, config, maxPositions),
            _ => throw group.Error(
                name, $"'{OneLine.Shorten(type)}' is not supported, only default, linear, dynamic, llama3, yarn and longrope"),
        };
    }

    /// <summary>Refuses keys that no form of stretching has asked for.</summary>
    public static void RefuseUnread(JsonFields group)
    {
        if (group.Names.FirstOrDefault(name => group.IsUnread(name) && !OtherKeys.Contains(name)) is { } unknown)
        {
            throw group.Error(unknown, "is not supported");
        }
    }

    private static RotarySpec Llama3(RotarySpec plain, JsonFields group, int size)
    {
        var (factor, original) = (Positive(group, "factor"), Positive(group, "original_max_position_embeddings"));
        var (low, high) = (Positive(group, "low_freq_factor"), Positive(group, "high_freq_factor"));
        if (high <= low)
        {
            throw group.Error("high_freq_factor", $"is {high}; it should be over low_freq_factor, {low}");
        }

        return plain with
        {
            Divisors = Divisors(size, i =>
            {
                // How often the pair turns within the original length; between the bands the frequency is interpolated.
                var turns = original * Frequency(plain, size, i) / (2 * Math.PI);
                var kept = Math.Clamp((turns - low) / (high - low), 0, 1);
                return 1 / (kept + ((1 - kept) / factor));
            }),
        };
    }

    private static RotarySpec Yarn(RotarySpec plain, JsonFields group, int size, DecoderConfig config, int maxPositions)
    {
        var original = Original(group, config, maxPositions);
        var factor = Positive(group, "factor");
        var truncates = group.GetBool("truncate") ?? true;
        var low = Pair(group.GetNumber("beta_fast") ?? 32);
        var high = Pair(group.GetNumber("beta_slow") ?? 1);
        (low, high) = truncates ? (Math.Floor(low), Math.Ceiling(high)) : (low, high);
        (low, high) = (Math.Max(low, 0), Math.Min(high, size - 1));
        var width = high == low ? 0.001 : high - low;
        return plain with
        {
            Divisors = Divisors(size, i =>
            {
                var kept = 1 - Math.Clamp((i - low) / width, 0, 1);
                return 1 / (kept + ((1 - kept) / factor));
            }),
            Amplitude = (float)YarnAmplitude(group, factor),
        };

        // The pair that turns so many times within the original length.
        double Pair(double turns) => size * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(plain.Theta));
    }

    private static double YarnAmplitude(JsonFields group, double factor)
    {
        var (scale, scaleAll) = (group.GetNumber("mscale"), group.GetNumber("mscale_all_dim"));
        return group.GetNumber("attention_factor")
            ?? (scale is { } some && scaleAll is { } all ? Amplitude(some) / Amplitude(all) : Amplitude(1));

        double Amplitude(double times) => factor <= 1 ? 1 : (0.1 * times * Math.Log(factor)) + 1;
    }

    private static RotarySpec LongRope(RotarySpec plain, JsonFields group, DecoderConfig config, int maxPositions)
    {
        var original = Original(group, config, maxPositions);
        var factor = group.GetNumber("factor") ?? maxPositions / original;
        var amplitude = group.GetNumber("attention_factor")
            ?? (factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original))));
        return plain with
        {
            Divisors = List(group, "long_factor"),
            BelowLimit = new ShortRotary((int)original, List(group, "short_factor")),
            Amplitude = (float)amplitude,
        };
    }

    private static double Frequency(RotarySpec plain, int size, int pair) => Math.Pow(plain.Theta, -2.0 * pair / size);

    private static ValueList<double> Divisors(int size, Func<int, double> divisor) => new([.. Enumerable.Range(0, size / 2).Select(divisor)]);

    private static ValueList<double> List(JsonFields group, string name) =>
        new(group.Require<ImmutableArray<double>>(name, group.GetNumbers(name)));

    /// <summary>The length before stretching; beside the object in some configs.</summary>
    private static double Original(JsonFields group, DecoderConfig config, int maxPositions)
    {
        const string Name = "original_max_position_embeddings";
        var value = group.GetNumber(Name) ?? config.OptionalNumber(Name) ?? maxPositions;
        return value is > 1 and <= int.MaxValue ? value : throw group.Error(Name, $"is {value}");
    }

    private static double Positive(JsonFields group, string name)
    {
        var value = group.Require(name, group.GetNumber(name));
        return value > 0 && double.IsFinite(value) ? value : throw group.Error(name, $"is {value}; it should be over 0");
    }
}

namespace Inference.Models.Checkpoints;

/// <summary>The ranges in which rotary positions can be believed.</summary>
internal static class RotaryLimits
{
    /// <summary>Checks a spec that was read from a file.</summary>
    /// <param name="rotary">Null for no rotary positions.</param>
    /// <param name="headSize">Elements of a head.</param>
    /// <param name="error">Makes the exception from the config.json name of the field and what is wrong with it.</param>
    public static void Check(RotarySpec? rotary, int headSize, Func<string, string, ModelFormatException> error)
    {
        if (rotary is null)
        {
            return;
        }

        if (!float.IsFinite(rotary.Theta) || rotary.Theta < 1)
        {
            throw error("rope_theta", $"is {rotary.Theta}; it should be at least 1 and finite");
        }

        var size = rotary.Size ?? headSize;
        if (size < 2 || size % 2 != 0 || size > headSize)
        {
            throw error("partial_rotary_factor", $"makes {size} elements of a head turn; it should be an even number from 2 to {headSize}");
        }

        if (rotary.Amplitude is not (> 0 and < float.PositiveInfinity))
        {
            throw error("rope_scaling", $"has an attention factor of {rotary.Amplitude}");
        }

        CheckDivisors(rotary.Divisors);
        CheckDivisors(rotary.BelowLimit?.Divisors);

        void CheckDivisors(ValueList<double>? divisors)
        {
            if (divisors is not null && divisors.Items.Length != size / 2)
            {
                throw error("rope_scaling", $"has {divisors.Items.Length} factors, but {size / 2} pairs turn");
            }

            if (divisors is not null && divisors.Items.Any(divisor => !double.IsFinite(divisor) || divisor <= 0))
            {
                throw error("rope_scaling", "has a factor that is not over 0 and finite");
            }
        }
    }
}

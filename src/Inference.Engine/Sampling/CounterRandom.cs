namespace Inference.Engine.Sampling;

/// <summary>
/// Random numbers without state: the number at an index of a seed's stream depends on these two alone, so that what else runs, or a
/// preemption, cannot change it. The mixer is SplitMix64's (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
/// </summary>
internal static class CounterRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    /// <summary>A uniform number in [0, 1), of 53 bits.</summary>
    /// <param name="seed">Of the stream.</param>
    /// <param name="index">At least 0.</param>
    /// <param name="draw">Where one number for an index is not enough: counts them from 0.</param>
    public static double Uniform(ulong seed, int index, int draw = 0)
    {
        // The seed is mixed first: streams of neighbouring seeds would otherwise be the same stream, shifted.
        var bits = Mix(Mix(seed) + (ulong)(index + 1) * GoldenGamma);
        if (draw > 0)
            bits = Mix(bits + (ulong)draw * GoldenGamma);
        return (bits >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

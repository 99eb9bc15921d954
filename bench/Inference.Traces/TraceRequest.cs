using System.Collections.Immutable;

namespace Inference.Traces;

/// <summary>One request of a trace: sizes, not contents.</summary>
/// <param name="Arrival">Counted from the trace's first request.</param>
/// <param name="InputLength">Tokens of the prompt, at least 1.</param>
/// <param name="OutputLength">Tokens generated, at least 1.</param>
/// <param name="PrefixIds">
/// One for each <see cref="PrefixBlock"/> tokens of the prompt, the last of which may be cut: equal ids are equal tokens after equal
/// tokens. Empty: the prompt has nothing in common with any other.
/// </param>
public sealed record TraceRequest(TimeSpan Arrival, int InputLength, int OutputLength, ImmutableArray<long> PrefixIds)
{
    /// <summary>Tokens that one of <see cref="PrefixIds"/> stands for.</summary>
    public const int PrefixBlock = 512;

    /// <summary>
    /// A prompt of this request's size: pseudo-random tokens that the prefix ids determine.
    /// </summary>
    /// <param name="identity">Tells this request from others without prefix ids.</param>
    /// <param name="vocabularySize">Ids are below it; at least 1.</param>
    public int[] Prompt(long identity, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        var tokens = new int[InputLength];
        for (var start = 0; start < tokens.Length; start += PrefixBlock)
        {
            var block = start / PrefixBlock;
            var seed = PrefixIds.IsEmpty ? Mix((ulong)identity + (1UL << 63)) + (ulong)block : (ulong)PrefixIds[block];
            Fill(tokens.AsSpan(start, Math.Min(PrefixBlock, tokens.Length - start)), Mix(seed), (ulong)vocabularySize);
        }

        return tokens;
    }

    private static void Fill(Span<int> tokens, ulong seed, ulong vocabularySize)
    {
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = (int)(Mix(seed + (ulong)i) % vocabularySize);
    }

    /// <summary>SplitMix64 (Steele et al., Fast Splittable Pseudorandom Number Generators, 2014).</summary>
    private static ulong Mix(ulong value)
    {
        var z = value + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

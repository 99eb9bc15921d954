using System.Numerics;

namespace Inference.Engine.Speculation;

/// <summary>
/// Finds where the latest tokens of a sequence were before, and copies what followed (prompt lookup decoding; the method "ngram" of vLLM).
/// Places whose last <c>min</c> tokens hash alike are linked from the latest to the earlier ones, as deflate does it for strings (RFC 1951,
/// section 4). Adding a token takes constant time, amortised; a search compares at most <see cref="MaxCandidates"/> places with at most
/// <c>max</c> tokens each, however long the sequence is. Memory: 8 to 16 bytes a token.
/// </summary>
/// <param name="min">The fewest tokens that must be alike, at least 1.</param>
/// <param name="max">The most that are compared, at least <paramref name="min"/>.</param>
internal sealed class NGramIndex(int min, int max)
{
    /// <summary>Places that one search looks at, the latest ones.</summary>
    internal const int MaxCandidates = 32;

    private const int SmallestSize = 64;

    /// <summary>For each hash the latest place, counted from 1; 0 for none.</summary>
    private int[] _heads = [];

    /// <summary>For each place the one before it with the same hash, counted from 1; 0 for none.</summary>
    private int[] _previous = [];
    private int _count;

    /// <summary>Places that searches have compared so far.</summary>
    internal long ComparedCount { get; private set; }

    /// <summary>
    /// Copies what followed the latest earlier place whose last tokens, up to <c>max</c>, are the most like those at the end. Where that reaches the
    /// end of the sequence it goes on with the copy itself: what repeats is taken to go on repeating.
    /// </summary>
    /// <param name="tokens">The sequence, which only ever grows from call to call.</param>
    /// <param name="continuation">As many tokens as are wanted.</param>
    /// <returns>Whether there was such a place; if not, the continuation is left alone.</returns>
    public bool TryContinue(ReadOnlySpan<int> tokens, Span<int> continuation)
    {
        Add(tokens);
        var next = FindContinuation(tokens);
        if (next < 0)
            return false;

        for (var i = 0; i < continuation.Length; i++)
        {
            var position = next + i;
            continuation[i] = position < tokens.Length ? tokens[position] : continuation[position - tokens.Length];
        }

        return true;
    }

    private void Add(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length > _previous.Length)
        {
            // Linked again from the beginning: the hashes are spread over more heads.
            var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(tokens.Length, SmallestSize));
            (_heads, _previous, _count) = (new int[size], new int[size], 0);
        }

        for (; _count < tokens.Length; _count++)
        {
            if (_count + 1 < min)
                continue;
            ref var head = ref _heads[Hash(tokens.Slice(_count + 1 - min, min))];
            _previous[_count] = head;
            head = _count + 1;
        }
    }

    /// <summary>The index of the token that followed, or -1.</summary>
    private int FindContinuation(ReadOnlySpan<int> tokens)
    {
        var (best, bestLength) = (-1, min - 1);
        var place = _previous[tokens.Length - 1];
        for (var i = 0; place > 0 && i < MaxCandidates && bestLength < max; i++)
        {
            var length = CommonEnd(tokens[..place], tokens);
            if (length > bestLength)
                (best, bestLength) = (place, length);
            place = _previous[place - 1];
            ComparedCount++;
        }

        return best;
    }

    private int CommonEnd(ReadOnlySpan<int> earlier, ReadOnlySpan<int> tokens)
    {
        var length = 0;
        while (length < max && length < earlier.Length && earlier[^(length + 1)] == tokens[^(length + 1)])
            length++;
        return length;
    }

    private int Hash(ReadOnlySpan<int> tokens)
    {
        var hash = 0u;
        foreach (var token in tokens)
            hash = (hash ^ (uint)token) * 0x9E3779B1;
        return (int)((hash ^ (hash >> 15)) & (uint)(_heads.Length - 1));
    }
}

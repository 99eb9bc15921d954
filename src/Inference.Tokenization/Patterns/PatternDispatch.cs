namespace Inference.Tokenization.Patterns;

/// <summary>
/// The choices of an alternation with, per next code point, a mask of those worth trying (bit i is choice i): most alternatives of a
/// tokenizer's pattern are ruled out by one character.
/// </summary>
internal sealed class PatternDispatch
{
    /// <summary>More choices than this do not fit a mask.</summary>
    public const int MaxChoices = 64;

    private readonly CodePointSet?[] _firsts;
    private readonly ulong[] _ascii = new ulong[128];
    private readonly ulong _atEnd;

    /// <param name="targets">The instruction where each choice starts.</param>
    /// <param name="firsts">What each choice may start with; null when that is not known.</param>
    public PatternDispatch(int[] targets, CodePointSet?[] firsts)
    {
        Targets = targets;
        _firsts = firsts;
        for (int c = 0; c < _ascii.Length; c++)
            _ascii[c] = ComputeMask(c);
        for (int i = 0; i < firsts.Length; i++)
            _atEnd |= firsts[i] is null ? 1UL << i : 0;
    }

    public int[] Targets { get; }

    /// <summary>The choices that may match before the code point; -1 stands for the end of the text.</summary>
    public ulong Mask(int codePoint) => codePoint switch
    {
        < 0 => _atEnd,
        < 128 => _ascii[codePoint],
        _ => ComputeMask(codePoint),
    };

    private ulong ComputeMask(int codePoint)
    {
        ulong mask = 0;
        for (int i = 0; i < _firsts.Length; i++)
        {
            if (_firsts[i]?.Contains(codePoint) ?? true)
                mask |= 1UL << i;
        }
        return mask;
    }
}

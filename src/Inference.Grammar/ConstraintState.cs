using System.Buffers;
using Inference.Grammar.Matching;

namespace Inference.Grammar;

/// <summary>How far one answer has come under a constraint. Not thread-safe.</summary>
public sealed class ConstraintState
{
    private readonly CompiledConstraint _constraint;
    private Configuration _at;

    internal ConstraintState(CompiledConstraint constraint, Configuration at, bool hasEnded)
    {
        (_constraint, _at, HasEnded) = (constraint, at, hasEnded);
    }

    /// <summary>Whether the answer is whole as it is; it may still be allowed to go on.</summary>
    public bool IsComplete => _at.IsComplete;

    /// <summary>Whether the answer is whole and nothing can be added to it.</summary>
    public bool IsFinished => HasEnded || (_at.IsComplete && _at.IsStuck);

    /// <summary>Whether a token that ends the answer was accepted.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>
    /// Sets the bit of each token that can follow and clears all others. Tokens that end the answer can follow when it is complete.
    /// </summary>
    /// <param name="mask">Token i is bit i % 32 of word i / 32: at least [<see cref="Vocabulary.TokenVocabulary.MaskLength"/>].</param>
    public void FillMask(Span<uint> mask)
    {
        if (HasEnded)
            mask.Clear();
        else
            _constraint.MaskOf(_at).CopyTo(mask);
        if (!IsComplete)
            return;
        foreach (var id in _constraint.Vocabulary.EndTokenIds)
            mask[id >> 5] |= 1u << id;
    }

    /// <summary>Goes on with a token. False, and nothing changes, if it cannot follow.</summary>
    public bool Accept(int tokenId)
    {
        if (_constraint.Vocabulary.EndTokenIds.Contains(tokenId))
        {
            if (!IsComplete)
                return false;
            return HasEnded = true;
        }

        var bytes = _constraint.Vocabulary.Bytes(tokenId);
        return !bytes.IsEmpty && Accept(bytes);
    }

    /// <summary>Goes on with bytes. False, and nothing changes, if they cannot follow.</summary>
    public bool Accept(ReadOnlySpan<byte> bytes)
    {
        if (HasEnded || _constraint.After(_at, bytes) is not { } next)
            return false;
        _at = next;
        return true;
    }

    /// <summary>
    /// The token that must come next: the only one allowed, or the first one of text that must come, as the tokenizer spells it (see
    /// <see cref="Vocabulary.TokenVocabulary.Encode"/>).
    /// </summary>
    public bool TryGetForcedToken(out int tokenId)
    {
        tokenId = HasEnded ? -1 : _constraint.ForcedToken(_at);
        return tokenId >= 0;
    }

    /// <summary>
    /// The bytes that must come next, whatever the tokens: how an answer can jump forward over names and punctuation without the model. The
    /// state stays where it is.
    /// </summary>
    /// <param name="bytes">Gets the bytes.</param>
    /// <param name="limit">The most bytes; a constraint may force any number.</param>
    /// <returns>Whether there are any.</returns>
    public bool TryGetForced(IBufferWriter<byte> bytes, int limit = 4096)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var forced = HasEnded ? [] : _constraint.ForcedBytes(_at, limit);
        bytes.Write(forced);
        return forced.Length > 0;
    }

    /// <summary>Another answer that has come just as far, and goes its own way from here.</summary>
    public ConstraintState Fork() => new(_constraint, _at, HasEnded);
}

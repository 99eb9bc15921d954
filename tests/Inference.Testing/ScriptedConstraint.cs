using Inference.Engine.Requests;

namespace Inference.Testing;

/// <summary>A constraint that allows, at each place of the answer, certain tokens; after the last place the answer is whole.</summary>
/// <param name="places">The tokens that each place allows.</param>
public sealed class ScriptedConstraint(params int[][] places) : ITokenConstraint
{
    private int _place;

    /// <inheritdoc/>
    public bool IsFinished => _place == places.Length;

    /// <inheritdoc/>
    public void FillMask(Span<uint> mask)
    {
        mask.Clear();
        if (IsFinished)
            return;
        foreach (var token in places[_place])
            mask[token >> 5] |= 1u << token;
    }

    /// <inheritdoc/>
    public void Accept(int tokenId)
    {
        if (!places[_place].Contains(tokenId))
            throw new InvalidOperationException($"Token {tokenId} is not allowed at place {_place}.");
        _place++;
    }

    /// <inheritdoc/>
    public bool TryGetForced(out int tokenId)
    {
        tokenId = !IsFinished && places[_place] is [var only] ? only : -1;
        return tokenId >= 0;
    }

    /// <inheritdoc/>
    public ITokenConstraint Fork() => new ScriptedConstraint(places) { _place = _place };
}

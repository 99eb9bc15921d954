using Inference.Engine.Requests;
using Inference.Grammar;

namespace Inference.Server.Validation;

/// <summary>A compiled constraint as the engine knows it.</summary>
internal sealed class GrammarConstraint(ConstraintState state) : ITokenConstraint
{
    /// <inheritdoc/>
    public bool IsFinished => state.IsFinished;

    /// <inheritdoc/>
    public void FillMask(Span<uint> mask) => state.FillMask(mask);

    /// <inheritdoc/>
    public void Accept(int tokenId) => state.Accept(tokenId);

    /// <inheritdoc/>
    public bool TryGetForced(out int tokenId) => state.TryGetForcedToken(out tokenId);

    /// <inheritdoc/>
    public ITokenConstraint Fork() => new GrammarConstraint(state.Fork());
}

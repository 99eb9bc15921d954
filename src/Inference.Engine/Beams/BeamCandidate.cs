namespace Inference.Engine.Beams;

/// <summary>A beam and one of the tokens that may follow it.</summary>
/// <param name="Sum">Of the log-probabilities, the token's included.</param>
/// <param name="TokenId">The token.</param>
/// <param name="Logprob">The token's.</param>
/// <param name="Beam">The beam's index.</param>
internal readonly record struct BeamCandidate(double Sum, int TokenId, float Logprob, int Beam) : IComparable<BeamCandidate>
{
    /// <summary>The likelier first; of equals the lower token, then the better beam.</summary>
    public int CompareTo(BeamCandidate other)
    {
        if (Sum != other.Sum)
            return other.Sum.CompareTo(Sum);
        return TokenId != other.TokenId ? TokenId.CompareTo(other.TokenId) : Beam.CompareTo(other.Beam);
    }
}

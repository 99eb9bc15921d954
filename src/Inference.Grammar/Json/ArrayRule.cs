using System.Collections.Immutable;

namespace Inference.Grammar.Json;

/// <summary>What one schema demands of an array's items.</summary>
/// <param name="Prefix">Of the first ones.</param>
/// <param name="Rest">Of the others.</param>
internal sealed record ArrayRule(ImmutableArray<Conjunction> Prefix, Conjunction Rest)
{
    public Conjunction At(int index) => index < Prefix.Length ? Prefix[index] : Rest;
}

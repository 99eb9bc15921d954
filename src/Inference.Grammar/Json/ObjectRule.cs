using System.Collections.Immutable;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Json;

/// <summary>What one schema demands of an object's properties.</summary>
/// <param name="Properties">By name, in order.</param>
/// <param name="Patterns">By pattern of the name.</param>
/// <param name="Others">Of those that neither names.</param>
internal sealed record ObjectRule(
    ImmutableArray<(string Name, Conjunction Value)> Properties, ImmutableArray<(CharAutomaton Name, Conjunction Value)> Patterns, Conjunction Others)
{
    private readonly Dictionary<string, Conjunction> _byName = Properties.ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);

    /// <summary>What is demanded of the property of a name.</summary>
    public Conjunction Of(string name)
    {
        var matching = Patterns.Where(pattern => pattern.Name.Accepts(name)).Select(pattern => pattern.Value);
        return Conjunction.Of(_byName.TryGetValue(name, out var own) ? matching.Append(own) : matching.DefaultIfEmpty(Others));
    }
}

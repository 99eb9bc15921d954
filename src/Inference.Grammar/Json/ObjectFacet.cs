using System.Collections.Immutable;

namespace Inference.Grammar.Json;

/// <summary>What schemas demand of objects. Immutable.</summary>
internal sealed record ObjectFacet
{
    public static ObjectFacet Anything { get; } = new();

    public int MinProperties { get; init; }

    /// <summary>Null: any number.</summary>
    public int? MaxProperties { get; init; }

    /// <summary>Where minProperties stands.</summary>
    public string? MinPlace { get; init; }

    /// <summary>Names that must be there.</summary>
    public ImmutableArray<string> Required { get; init; } = [];

    /// <summary>What is demanded of names, as strings.</summary>
    public Conjunction Names { get; init; } = Conjunction.Anything;

    /// <summary>All of them apply.</summary>
    public ImmutableArray<ObjectRule> Rules { get; init; } = [];

    /// <summary>The names that the schemas speak of, in order.</summary>
    public IEnumerable<string> DeclaredNames =>
        Rules.SelectMany(rule => rule.Properties).Select(property => property.Name).Concat(Required).Distinct(StringComparer.Ordinal);

    /// <summary>What both allow.</summary>
    public ObjectFacet Intersect(ObjectFacet other) => new()
    {
        MinProperties = Math.Max(MinProperties, other.MinProperties),
        MaxProperties = MaxProperties is { } a && other.MaxProperties is { } b ? Math.Min(a, b) : MaxProperties ?? other.MaxProperties,
        MinPlace = MinProperties >= other.MinProperties ? MinPlace : other.MinPlace,
        Required = [.. Required.Union(other.Required, StringComparer.Ordinal)],
        Names = Conjunction.Of([Names, other.Names]),
        Rules = [.. Rules, .. other.Rules],
    };

    /// <summary>What is demanded of the property of a name.</summary>
    public Conjunction Of(string name) => Conjunction.Of(Rules.Select(rule => rule.Of(name)));
}

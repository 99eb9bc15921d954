using System.Collections.Immutable;

namespace Inference.Grammar.Json;

/// <summary>What schemas demand of arrays. Immutable.</summary>
internal sealed record ArrayFacet
{
    public static ArrayFacet Anything { get; } = new();

    public int MinItems { get; init; }

    /// <summary>Null: any number.</summary>
    public int? MaxItems { get; init; }

    /// <summary>Where uniqueItems is asked for; null: it is not.</summary>
    public string? UniquePlace { get; init; }

    /// <summary>All of them apply.</summary>
    public ImmutableArray<ArrayRule> Rules { get; init; } = [];

    /// <summary>What both allow.</summary>
    public ArrayFacet Intersect(ArrayFacet other) => new()
    {
        MinItems = Math.Max(MinItems, other.MinItems),
        MaxItems = MaxItems is { } a && other.MaxItems is { } b ? Math.Min(a, b) : MaxItems ?? other.MaxItems,
        UniquePlace = UniquePlace ?? other.UniquePlace,
        Rules = [.. Rules, .. other.Rules],
    };

    /// <summary>What is demanded of the item at an index.</summary>
    public Conjunction At(int index) => Conjunction.Of(Rules.Select(rule => rule.At(index)));
}

namespace Inference.Grammar.Json;

/// <summary>Schemas of a document that must all hold for one value. Equal when they are the same. Immutable.</summary>
internal sealed class Conjunction : IEquatable<Conjunction>
{
    private Conjunction(SchemaLocation[] locations) => Locations = locations;

    /// <summary>Of no schemas.</summary>
    public static Conjunction Anything { get; } = new([]);

    /// <summary>Sorted by id, without duplicates.</summary>
    public IReadOnlyList<SchemaLocation> Locations { get; }

    public bool IsAnything => Locations.Count == 0;

    /// <summary>Whether one of the schemas is false.</summary>
    public bool IsNothing => Locations.Any(location => location.AllowsNothing);

    /// <summary>Where the first schema is.</summary>
    public string Place => IsAnything ? "#" : Locations[0].Pointer;

    public static Conjunction Of(SchemaLocation location) => location.AllowsAll ? Anything : new([location]);

    public static Conjunction Of(IEnumerable<Conjunction> parts)
    {
        var some = parts.Where(part => !part.IsAnything).Distinct().ToList();
        return some.Count switch
        {
            0 => Anything,
            1 => some[0],
            _ => new([.. some.SelectMany(part => part.Locations).DistinctBy(location => location.Id).OrderBy(location => location.Id)]),
        };
    }

    public bool Equals(Conjunction? other) =>
        other is not null && Locations.Select(location => location.Id).SequenceEqual(other.Locations.Select(location => location.Id));

    public override bool Equals(object? obj) => Equals(obj as Conjunction);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var location in Locations)
            hash.Add(location.Id);
        return hash.ToHashCode();
    }
}

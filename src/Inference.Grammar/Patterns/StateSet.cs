namespace Inference.Grammar.Patterns;

/// <summary>A set of states that is a key: equal when its states are.</summary>
/// <param name="states">Sorted, without duplicates.</param>
internal sealed class StateSet(int[] states) : IEquatable<StateSet>
{
    public int[] States => states;

    public bool Equals(StateSet? other) => other is not null && states.AsSpan().SequenceEqual(other.States);

    public override bool Equals(object? obj) => Equals(obj as StateSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var state in states)
            hash.Add(state);
        return hash.ToHashCode();
    }
}

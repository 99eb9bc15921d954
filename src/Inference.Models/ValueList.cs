using System.Collections.Immutable;

namespace Inference.Models;

/// <summary>A list that is equal to another when its items are, as records that hold one need it.</summary>
/// <param name="Items">In order.</param>
public sealed record ValueList<T>(ImmutableArray<T> Items)
{
    /// <inheritdoc/>
    public bool Equals(ValueList<T>? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in Items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }
}

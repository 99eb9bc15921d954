namespace Inference.Engine.Scheduling;

/// <summary>
/// A sequence's place in the one order of all: the smaller, the earlier it is served and the later it gives way. It never changes once the
/// sequence has joined, which is why nobody can be put off for ever (README.md).
/// </summary>
/// <param name="Rank">As the policy says.</param>
/// <param name="Order">Tells equals apart: unique.</param>
internal readonly record struct Standing(long Rank, long Order) : IComparable<Standing>
{
    public int CompareTo(Standing other) => Rank != other.Rank ? Rank.CompareTo(other.Rank) : Order.CompareTo(other.Order);
}

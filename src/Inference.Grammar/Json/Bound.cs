namespace Inference.Grammar.Json;

/// <summary>An end of a range of numbers.</summary>
/// <param name="Value">The number.</param>
/// <param name="IsExclusive">Whether the number itself is outside.</param>
internal readonly record struct Bound(DecimalNumber Value, bool IsExclusive)
{
    public Bound Negated => this with { Value = Value.Negated };

    /// <summary>The stricter of two lower bounds; null is none.</summary>
    public static Bound? Higher(Bound? a, Bound? b)
    {
        if (a is not { } x || b is not { } y)
            return a ?? b;
        var order = x.Value.CompareTo(y.Value);
        return order > 0 || (order == 0 && x.IsExclusive) ? x : y;
    }

    /// <summary>The stricter of two upper bounds; null is none.</summary>
    public static Bound? Lower(Bound? a, Bound? b) => Higher(a?.Negated, b?.Negated)?.Negated;

    public bool IsAbove(DecimalNumber number) => Value.CompareTo(number) is var order && (order > 0 || (order == 0 && !IsExclusive));

    public bool IsBelow(DecimalNumber number) => Value.CompareTo(number) is var order && (order < 0 || (order == 0 && !IsExclusive));
}

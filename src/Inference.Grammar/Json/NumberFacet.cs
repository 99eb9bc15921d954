using System.Collections.Immutable;

namespace Inference.Grammar.Json;

/// <summary>What a schema demands of numbers. Immutable.</summary>
internal sealed record NumberFacet
{
    public static NumberFacet Anything { get; } = new();

    public Bound? Minimum { get; init; }

    public Bound? Maximum { get; init; }

    public bool IsInteger { get; init; }

    /// <summary>More than 0; null: of nothing.</summary>
    public DecimalNumber? MultipleOf { get; init; }

    /// <summary>The only numbers allowed, as the schema spells them; null: any.</summary>
    public ImmutableArray<(DecimalNumber Number, string Text)>? Values { get; init; }

    /// <summary>What both allow; null: nothing.</summary>
    public NumberFacet? Intersect(NumberFacet other)
    {
        var both = new NumberFacet
        {
            Minimum = Bound.Higher(Minimum, other.Minimum),
            Maximum = Bound.Lower(Maximum, other.Maximum),
            IsInteger = IsInteger || other.IsInteger,
            MultipleOf = MultipleOf is { } a && other.MultipleOf is { } b ? DecimalNumber.LeastCommonMultiple(a, b) : MultipleOf ?? other.MultipleOf,
        };
        if ((Values ?? other.Values) is not { } values)
            return both;

        var allowed = (ImmutableArray<(DecimalNumber Number, string Text)>)
            [.. values.Where(value => both.Allows(value.Number) && (other.Values is not { } others || others.Any(item => item.Number == value.Number)))];
        return allowed.IsEmpty ? null : both with { Values = allowed };
    }

    private bool Allows(DecimalNumber number) =>
        (Minimum is not { } minimum || minimum.IsBelow(number))
        && (Maximum is not { } maximum || maximum.IsAbove(number))
        && (!IsInteger || number.IsInteger)
        && (MultipleOf is not { } divisor || number.IsMultipleOf(divisor));
}

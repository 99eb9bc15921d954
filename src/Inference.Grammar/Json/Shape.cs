namespace Inference.Grammar.Json;

/// <summary>What is allowed of each type of JSON values; null for a type: nothing. Immutable.</summary>
internal sealed record Shape
{
    public static Shape Nothing { get; } = new();

    public static Shape Anything { get; } = new()
    {
        AllowsNull = true,
        AllowsFalse = true,
        AllowsTrue = true,
        Number = NumberFacet.Anything,
        String = StringFacet.Anything,
        Array = ArrayFacet.Anything,
        Object = ObjectFacet.Anything,
    };

    public bool AllowsNull { get; init; }

    public bool AllowsFalse { get; init; }

    public bool AllowsTrue { get; init; }

    public NumberFacet? Number { get; init; }

    public StringFacet? String { get; init; }

    public ArrayFacet? Array { get; init; }

    public ObjectFacet? Object { get; init; }

    public bool IsNothing => this is { AllowsNull: false, AllowsFalse: false, AllowsTrue: false, Number: null, String: null, Array: null, Object: null };

    /// <summary>What both allow.</summary>
    public Shape Intersect(Shape other)
    {
        if (ReferenceEquals(this, Anything))
            return other;
        if (ReferenceEquals(other, Anything))
            return this;
        return new Shape
        {
            AllowsNull = AllowsNull && other.AllowsNull,
            AllowsFalse = AllowsFalse && other.AllowsFalse,
            AllowsTrue = AllowsTrue && other.AllowsTrue,
            Number = other.Number is null ? null : Number?.Intersect(other.Number),
            String = other.String is null ? null : String?.Intersect(other.String),
            Array = other.Array is null ? null : Array?.Intersect(other.Array),
            Object = other.Object is null ? null : Object?.Intersect(other.Object),
        };
    }
}

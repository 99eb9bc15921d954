using System.Collections.Immutable;
using System.Text.Json;

namespace Inference.Grammar.Json;

/// <summary>Reads the keywords of one schema object, and values, as shapes.</summary>
internal sealed class ShapeReader(SchemaDocument document, CompileBudget budget)
{
    private readonly FacetReader _facets = new(document, budget);

    /// <summary>All keywords but $ref, allOf, anyOf, oneOf, enum and const.</summary>
    public Shape Keywords(SchemaLocation location)
    {
        foreach (var property in location.Value.EnumerateObject())
        {
            if (Json.Keywords.Unsupported.Contains(property.Name))
                throw SchemaDocument.Error(SchemaDocument.PointerTo(location, property.Name), $"uses '{property.Name}', which is not supported");
        }

        var types = Types(location);
        var shape = new Shape
        {
            AllowsNull = types.HasFlag(JsonTypes.Null),
            AllowsFalse = types.HasFlag(JsonTypes.Boolean),
            AllowsTrue = types.HasFlag(JsonTypes.Boolean),
            Number = (types & JsonTypes.Number) == 0 ? null : FacetReader.Number(location, isInteger: !types.HasFlag(JsonTypes.Number)),
            String = types.HasFlag(JsonTypes.String) ? _facets.String(location) : null,
            Array = types.HasFlag(JsonTypes.Array) ? _facets.Array(location) : null,
            Object = types.HasFlag(JsonTypes.Object) ? _facets.Object(location) : null,
        };
        return shape;
    }

    /// <summary>The values of an enum: one shape for all that are neither arrays nor objects, and one for each of these.</summary>
    public ImmutableArray<Shape> Enumeration(SchemaLocation location, JsonElement values)
    {
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() == 0)
            throw SchemaDocument.Error(SchemaDocument.PointerTo(location, "enum"), "must be an array of at least one value");

        var shapes = ImmutableArray.CreateBuilder<Shape>();
        var scalars = Shape.Nothing;
        var strings = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new Dictionary<DecimalNumber, string>();
        var index = 0;
        foreach (var value in values.EnumerateArray())
        {
            budget.CheckTime();
            var constant = document.At(SchemaDocument.PointerTo(location, "enum", SchemaDocument.NameOf(index++)), value, isConstant: true);
            if (value.ValueKind == JsonValueKind.String)
                strings.Add(value.GetString()!);
            else if (value.ValueKind == JsonValueKind.Number)
                numbers.TryAdd(FacetReader.Number(value, constant.Pointer), value.GetRawText());
            else if (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
                shapes.Add(Constant(constant));
            else
                scalars = With(scalars, value.ValueKind);
        }

        scalars = scalars with
        {
            String = strings.Count > 0 ? new StringFacet { Values = [.. strings] } : null,
            Number = numbers.Count > 0 ? new NumberFacet { Values = [.. numbers.Select(pair => (pair.Key, pair.Value))] } : null,
        };
        if (!scalars.IsNothing)
            shapes.Add(scalars);
        return shapes.ToImmutable();
    }

    /// <summary>Only one value.</summary>
    public Shape Constant(SchemaLocation location)
    {
        var value = location.Value;
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Shape.Nothing with { String = new StringFacet { Values = [value.GetString()!] } };
            case JsonValueKind.Number:
                return Shape.Nothing with { Number = new NumberFacet { Values = [(FacetReader.Number(value, location.Pointer), value.GetRawText())] } };
            case JsonValueKind.Array:
                ImmutableArray<Conjunction> items =
                    [.. value.EnumerateArray().Select((item, i) => Conjunction.Of(document.Child(location, item, SchemaDocument.NameOf(i))))];
                return Shape.Nothing with { Array = new ArrayFacet { MinItems = items.Length, MaxItems = items.Length, Rules = [new ArrayRule(items, Conjunction.Anything)] } };
            case JsonValueKind.Object:
                ImmutableArray<(string, Conjunction)> properties = [.. value.EnumerateObject().Select(Property)];
                return Shape.Nothing with
                {
                    Object = new ObjectFacet
                    {
                        MaxProperties = properties.Length,
                        Required = [.. properties.Select(property => property.Item1)],
                        Rules = [new ObjectRule(properties, [], Conjunction.Anything)],
                    },
                };
            default:
                return With(Shape.Nothing, value.ValueKind);
        }

        (string, Conjunction) Property(JsonProperty property)
        {
            var name = property.Name;
            return (name, Conjunction.Of(document.Child(location, property.Value, name)));
        }
    }

    private static Shape With(Shape shape, JsonValueKind kind) => kind switch
    {
        JsonValueKind.Null => shape with { AllowsNull = true },
        JsonValueKind.True => shape with { AllowsTrue = true },
        _ => shape with { AllowsFalse = true },
    };

    private static JsonTypes Types(SchemaLocation location)
    {
        var allowed = JsonTypes.All;
        if (location.Value.TryGetProperty("type", out var type))
        {
            var pointer = SchemaDocument.PointerTo(location, "type");
            if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0)
                allowed = type.EnumerateArray().Aggregate(JsonTypes.None, (types, item) => types | Type(item, pointer));
            else
                allowed = Type(type, pointer);
        }

        // OpenAPI's way to say so.
        if (location.Value.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True)
            allowed |= JsonTypes.Null;
        return allowed;
    }

    private static JsonTypes Type(JsonElement type, string pointer)
    {
        var name = type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        return name switch
        {
            "null" => JsonTypes.Null,
            "boolean" => JsonTypes.Boolean,
            "integer" => JsonTypes.Integer,
            "number" => JsonTypes.Number,
            "string" => JsonTypes.String,
            "array" => JsonTypes.Array,
            "object" => JsonTypes.Object,
            _ => throw SchemaDocument.Error(pointer, "must be null, boolean, integer, number, string, array, object, or several of these in an array"),
        };
    }
}

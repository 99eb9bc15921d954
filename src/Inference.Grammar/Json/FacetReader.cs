using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Json;

/// <summary>Reads the keywords of a schema object for one type of values.</summary>
internal sealed class FacetReader(SchemaDocument document, CompileBudget budget)
{
    private readonly Dictionary<(string, bool), CharAutomaton> _patterns = [];

    public static DecimalNumber Number(JsonElement value, string pointer)
    {
        if (value.ValueKind != JsonValueKind.Number)
            throw SchemaDocument.Error(pointer, "must be a number");
        return DecimalNumber.Parse(value.GetRawText()) ?? throw SchemaDocument.Error(pointer, "is a number of too many digits");
    }

    public static NumberFacet Number(SchemaLocation location, bool isInteger)
    {
        var multiple = OptionalNumber(location, "multipleOf");
        if (multiple?.Sign <= 0)
            throw SchemaDocument.Error(SchemaDocument.PointerTo(location, "multipleOf"), "must be more than 0");
        return new NumberFacet
        {
            IsInteger = isInteger,
            Minimum = Json.Bound.Higher(Bound(location, "minimum", false), Bound(location, "exclusiveMinimum", true)),
            Maximum = Json.Bound.Lower(Bound(location, "maximum", false), Bound(location, "exclusiveMaximum", true)),
            MultipleOf = multiple,
        };
    }

    public StringFacet String(SchemaLocation location)
    {
        var patterns = ImmutableArray.CreateBuilder<CharAutomaton>();
        if (OptionalString(location, "pattern") is { } pattern)
            patterns.Add(Pattern(pattern, SchemaDocument.PointerTo(location, "pattern"), isSearch: true));
        if (OptionalString(location, "format") is { } format)
        {
            var whole = StringFormats.Find(format, out var isSupported);
            var pointer = SchemaDocument.PointerTo(location, "format");
            if (!isSupported)
                throw SchemaDocument.Error(pointer, $"asks for format '{format}', which is not supported");
            if (whole is not null)
                patterns.Add(Pattern(whole, pointer, isSearch: false));
        }

        return new StringFacet
        {
            MinLength = Count(location, "minLength") ?? 0,
            MaxLength = Count(location, "maxLength"),
            Patterns = patterns.ToImmutable(),
        };
    }

    public ArrayFacet Array(SchemaLocation location)
    {
        var (prefixKeyword, restKeyword) = location.Value.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array
            ? ("items", "additionalItems") // As before draft 2020-12.
            : ("prefixItems", "items");
        ImmutableArray<Conjunction> prefix = [];
        if (location.Value.TryGetProperty(prefixKeyword, out var first))
        {
            if (first.ValueKind != JsonValueKind.Array)
                throw SchemaDocument.Error(SchemaDocument.PointerTo(location, prefixKeyword), "must be an array of schemas");
            prefix = [.. first.EnumerateArray().Select((item, i) => Conjunction.Of(document.Child(location, item, prefixKeyword, SchemaDocument.NameOf(i))))];
        }

        var rest = Schema(location, restKeyword);
        var isUnique = location.Value.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True;
        return new ArrayFacet
        {
            MinItems = Count(location, "minItems") ?? 0,
            MaxItems = Count(location, "maxItems"),
            UniquePlace = isUnique ? SchemaDocument.PointerTo(location, "uniqueItems") : null,
            Rules = prefix.IsEmpty && rest.IsAnything ? [] : [new ArrayRule(prefix, rest)],
        };
    }

    public ObjectFacet Object(SchemaLocation location)
    {
        var properties = Named(location, "properties").Select(pair => (pair.Name, pair.Value)).ToImmutableArray();
        var patterns = Named(location, "patternProperties").Select(Patterned).ToImmutableArray();
        var others = Schema(location, "additionalProperties");
        return new ObjectFacet
        {
            MinProperties = Count(location, "minProperties") ?? 0,
            MaxProperties = Count(location, "maxProperties"),
            MinPlace = SchemaDocument.PointerTo(location, "minProperties"),
            Required = Required(location),
            Names = Schema(location, "propertyNames"),
            Rules = properties.IsEmpty && patterns.IsEmpty && others.IsAnything ? [] : [new ObjectRule(properties, patterns, others)],
        };

        (CharAutomaton, Conjunction) Patterned((string Name, Conjunction Value) pair) =>
            (Pattern(pair.Name, SchemaDocument.PointerTo(location, "patternProperties", pair.Name), isSearch: true), pair.Value);
    }

    private IEnumerable<(string Name, Conjunction Value)> Named(SchemaLocation location, string keyword)
    {
        if (!location.Value.TryGetProperty(keyword, out var map))
            yield break;
        var pointer = SchemaDocument.PointerTo(location, keyword);
        if (map.ValueKind != JsonValueKind.Object)
            throw SchemaDocument.Error(pointer, "must be an object of schemas");
        foreach (var property in map.EnumerateObject())
        {
            var name = property.Name;
            yield return (name, Conjunction.Of(document.Child(location, property.Value, keyword, name)));
        }
    }

    private static ImmutableArray<string> Required(SchemaLocation location)
    {
        if (!location.Value.TryGetProperty("required", out var required))
            return [];
        var pointer = SchemaDocument.PointerTo(location, "required");
        if (required.ValueKind != JsonValueKind.Array || required.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
            throw SchemaDocument.Error(pointer, "must be an array of strings");
        return [.. required.EnumerateArray().Select(name => name.GetString()!).Distinct(StringComparer.Ordinal)];
    }

    private Conjunction Schema(SchemaLocation location, string keyword) =>
        location.Value.TryGetProperty(keyword, out var schema) ? Conjunction.Of(document.Child(location, schema, keyword)) : Conjunction.Anything;

    private CharAutomaton Pattern(string pattern, string pointer, bool isSearch)
    {
        if (!_patterns.TryGetValue((pattern, isSearch), out var automaton))
        {
            budget.Place = $"The schema at {SchemaDocument.Shorten(pointer)}";
            _patterns[(pattern, isSearch)] = automaton = isSearch ? RegexCompiler.Search(pattern, budget) : RegexCompiler.WholeMatch(pattern, budget);
        }

        return automaton;
    }

    private static Bound? Bound(SchemaLocation location, string keyword, bool isExclusive) =>
        OptionalNumber(location, keyword) is { } number ? new Bound(number, isExclusive) : null;

    private static DecimalNumber? OptionalNumber(SchemaLocation location, string keyword) =>
        location.Value.TryGetProperty(keyword, out var value) ? Number(value, SchemaDocument.PointerTo(location, keyword)) : null;

    private static string? OptionalString(SchemaLocation location, string keyword)
    {
        if (!location.Value.TryGetProperty(keyword, out var value))
            return null;
        var pointer = SchemaDocument.PointerTo(location, keyword);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw SchemaDocument.Error(pointer, "must be a string");
    }

    /// <summary>More than an int can hold counts as the most that it can.</summary>
    private static int? Count(SchemaLocation location, string keyword)
    {
        if (OptionalNumber(location, keyword) is not { } number)
            return null;
        if (!number.IsInteger || number.Sign < 0)
            throw SchemaDocument.Error(SchemaDocument.PointerTo(location, keyword), "must be an integer of at least 0");
        return (int)BigInteger.Min(number.Unscaled, int.MaxValue - 1);
    }
}

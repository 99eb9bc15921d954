using System.Collections.Immutable;
using System.Text.Json;

namespace Inference.Grammar.Json;

/// <summary>
/// From schemas to shapes: resolves references, merges what must hold together, and multiplies out alternatives. Goes no deeper than one
/// value: what is inside objects and arrays stays as conjunctions, so that recursive schemas have an end.
/// </summary>
internal sealed class SchemaReader(SchemaDocument document, CompileBudget budget)
{
    private const int MaxAlternatives = 20_000;
    private const int MaxNesting = 100;

    private readonly Dictionary<Conjunction, ImmutableArray<Shape>> _known = [];
    private readonly HashSet<Conjunction> _open = [];
    private readonly HashSet<(Conjunction, Conjunction)> _exclusive = [];
    private readonly ShapeReader _shapes = new(document, budget);

    /// <summary>Whether alternatives of oneOf are taken for granted to exclude each other: what may be said then is a little more than is allowed.</summary>
    public bool TrustsOneOf { get; init; }

    /// <summary>What a value may be, as alternatives: none if it may be nothing.</summary>
    /// <exception cref="ConstraintException">A schema is malformed, not supported or too large.</exception>
    public ImmutableArray<Shape> Read(Conjunction conjunction)
    {
        if (_known.TryGetValue(conjunction, out var known))
            return known;
        if (!_open.Add(conjunction))
            throw SchemaDocument.Error(conjunction.Place, "refers to itself without a value in between");
        if (_open.Count > MaxNesting)
            throw SchemaDocument.Error(conjunction.Place, $"is reached through more than {MaxNesting} references and alternatives");

        var alternatives = (ImmutableArray<Shape>)[Shape.Anything];
        var seen = new HashSet<SchemaLocation>(conjunction.Locations);
        var pending = new Queue<SchemaLocation>(conjunction.Locations);
        while (pending.TryDequeue(out var location))
        {
            budget.CheckTime();
            budget.Place = $"The schema at {SchemaDocument.Shorten(location.Pointer)}";
            alternatives = And(alternatives, ReadOne(location));
            foreach (var part in Parts(location))
            {
                if (seen.Add(part))
                    pending.Enqueue(part);
            }
        }

        _open.Remove(conjunction);
        return _known[conjunction] = alternatives;
    }

    /// <summary>What one schema says, but for what <see cref="Parts"/> add.</summary>
    private ImmutableArray<Shape> ReadOne(SchemaLocation location)
    {
        if (location.IsConstant)
            return [_shapes.Constant(location)];
        if (location.AllowsNothing)
            return [];
        if (location.Value.ValueKind == JsonValueKind.True)
            return [Shape.Anything];
        if (location.Value.ValueKind != JsonValueKind.Object)
            throw SchemaDocument.Error(location.Pointer, "must be an object, true or false");

        ImmutableArray<Shape> alternatives = [_shapes.Keywords(location)];
        if (location.Value.TryGetProperty("const", out var constant))
            alternatives = And(alternatives, [_shapes.Constant(Constant(location, constant, "const"))]);
        if (location.Value.TryGetProperty("enum", out var values))
            alternatives = And(alternatives, _shapes.Enumeration(location, values));
        if (location.Value.TryGetProperty("anyOf", out var any))
            alternatives = And(alternatives, Or(Branches(location, any, "anyOf")));
        if (location.Value.TryGetProperty("oneOf", out var one))
        {
            var branches = Branches(location, one, "oneOf");
            CheckExclusive(location, branches);
            alternatives = And(alternatives, Or(branches));
        }

        return alternatives;
    }

    /// <summary>Schemas that must hold together with one.</summary>
    private IEnumerable<SchemaLocation> Parts(SchemaLocation location)
    {
        if (location.IsConstant || location.Value.ValueKind != JsonValueKind.Object)
            yield break;
        if (location.Value.TryGetProperty("$ref", out var reference))
        {
            yield return reference.ValueKind == JsonValueKind.String
                ? document.Resolve(reference.GetString()!, location)
                : throw SchemaDocument.Error(SchemaDocument.PointerTo(location, "$ref"), "must be a string");
        }

        if (location.Value.TryGetProperty("allOf", out var all))
        {
            foreach (var branch in Branches(location, all, "allOf"))
                yield return branch;
        }
    }

    private List<SchemaLocation> Branches(SchemaLocation location, JsonElement branches, string keyword)
    {
        if (branches.ValueKind != JsonValueKind.Array || branches.GetArrayLength() == 0)
            throw SchemaDocument.Error(SchemaDocument.PointerTo(location, keyword), "must be an array of at least one schema");
        return [.. branches.EnumerateArray().Select((branch, i) => document.Child(location, branch, keyword, SchemaDocument.NameOf(i)))];
    }

    private ImmutableArray<Shape> Or(List<SchemaLocation> branches)
    {
        var all = branches.SelectMany(branch => Read(Conjunction.Of(branch))).ToImmutableArray();
        Check(all.Length);
        return all;
    }

    private ImmutableArray<Shape> And(ImmutableArray<Shape> a, ImmutableArray<Shape> b)
    {
        Check((long)a.Length * b.Length);
        var both = ImmutableArray.CreateBuilder<Shape>();
        foreach (var x in a)
        {
            foreach (var y in b)
            {
                budget.CheckTime();
                if (x.Intersect(y) is { IsNothing: false } shape)
                    both.Add(shape);
            }
        }

        return both.ToImmutable();
    }

    /// <summary>A value of two branches would not be valid: there must be none, for an automaton cannot take it out again.</summary>
    private void CheckExclusive(SchemaLocation location, List<SchemaLocation> branches)
    {
        if (TrustsOneOf)
            return;
        for (var i = 0; i < branches.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (Conjunction.Of(branches[j]), Conjunction.Of(branches[i]));
                if (_exclusive.Contains((a, b)))
                    continue;
                if (SchemaCompiler.MayHaveValue(document, Conjunction.Of([a, b]), budget))
                    throw SchemaDocument.Error(SchemaDocument.PointerTo(location, "oneOf"), $"has alternatives that may hold both ({j} and {i}), which is not supported: use anyOf");
                _exclusive.Add((a, b));
            }
        }
    }

    private SchemaLocation Constant(SchemaLocation parent, JsonElement value, params ReadOnlySpan<string> path) =>
        document.At(SchemaDocument.PointerTo(parent, path), value, isConstant: true);

    private void Check(long alternatives)
    {
        if (alternatives > MaxAlternatives)
            throw new ConstraintException($"{budget.Place} is too large: it has more than {MaxAlternatives} alternatives.");
    }
}

using System.Collections.Immutable;
using Inference.Grammar.Automata;

namespace Inference.Grammar.Json;

/// <summary>Arrays: a state before and after each item that is told apart from the others.</summary>
internal sealed class ArrayEmitter(
    AutomatonBuilder builder,
    Whitespace whitespace,
    Func<Conjunction, int> ruleOf,
    Func<Conjunction, ImmutableArray<Shape>> read,
    Action<Shape, int, int> emitScalars)
{
    /// <summary>The most values of which each may be in an array once: there is a state for each set of them.</summary>
    private const int MaxUniqueValues = 10;

    public void Emit(ArrayFacet facet, int from, int to)
    {
        var (min, max) = (facet.MinItems, facet.MaxItems);
        var prefix = facet.Rules.Select(rule => rule.Prefix.Length).DefaultIfEmpty(0).Max();
        for (var i = 0; i <= prefix && !(i >= max); i++)
        {
            if (facet.At(i).IsNothing)
                max = i;
        }

        if (min > max)
            return;
        var open = builder.Literal(from, "["u8);
        if (min == 0)
            builder.AddBytes(open, (byte)']', (byte)']', to);
        if (max == 0)
            return;

        var first = whitespace.Gap(open);
        if (facet.UniquePlace is { } place && !(max <= 1))
            EmitUnique(facet with { MaxItems = max }, place, first, to);
        else
            EmitItems(facet with { MaxItems = max }, prefix, first, to);
    }

    private void EmitItems(ArrayFacet facet, int prefix, int before, int to)
    {
        var rest = facet.At(prefix);
        // From here on all items are alike.
        var last = facet.MaxItems ?? Math.Max(Math.Max(facet.MinItems, prefix + 1), 1);
        for (var count = 1; ; count++)
        {
            var after = builder.Call(before, ruleOf(count <= prefix ? facet.At(count - 1) : rest));
            if (count >= facet.MinItems)
                Close(after, to);
            if (count == last)
            {
                if (facet.MaxItems is null)
                    builder.AddEmpty(Comma(after), before);
                return;
            }

            before = Comma(after);
        }
    }

    /// <summary>Items from a few values, each at most once: a state for each set of values that were there.</summary>
    private void EmitUnique(ArrayFacet facet, string place, int first, int to)
    {
        var values = facet.Rules.All(rule => rule.Prefix.IsEmpty) ? Values(read(facet.At(0))) : null;
        if (values is not { Count: <= MaxUniqueValues })
            throw SchemaDocument.Error(place, $"uses 'uniqueItems', which is only supported for items of at most {MaxUniqueValues} values (enum or const)");

        var before = new Dictionary<int, int> { [0] = first };
        var pending = new Queue<int>([0]);
        while (pending.TryDequeue(out var used))
        {
            for (var i = 0; i < values.Count; i++)
            {
                if ((used & (1 << i)) != 0)
                    continue;
                var now = used | (1 << i);
                var count = int.PopCount(now);
                if (!before.TryGetValue(now, out var next))
                {
                    before[now] = next = builder.NewState();
                    pending.Enqueue(now);
                }

                var after = builder.NewState();
                emitScalars(values[i], before[used], after);
                if (count >= facet.MinItems)
                    Close(after, to);
                if (count < values.Count && !(count >= facet.MaxItems))
                    builder.AddEmpty(Comma(after), next);
            }
        }
    }

    /// <summary>Each value of shapes that allow only a few scalars; null if they allow more.</summary>
    private static List<Shape>? Values(ImmutableArray<Shape> shapes)
    {
        var scalars = new Dictionary<string, Shape>(StringComparer.Ordinal);
        foreach (var shape in shapes)
        {
            if (shape.Array is not null || shape.Object is not null || shape is { Number: not null and { Values: null } } or { String: not null and { Values: null } })
                return null;
            if (shape.AllowsNull)
                scalars["null"] = Shape.Nothing with { AllowsNull = true };
            if (shape.AllowsFalse)
                scalars["false"] = Shape.Nothing with { AllowsFalse = true };
            if (shape.AllowsTrue)
                scalars["true"] = Shape.Nothing with { AllowsTrue = true };
            foreach (var value in shape.Number?.Values ?? [])
                scalars[$"number {value.Number}"] = Shape.Nothing with { Number = new NumberFacet { Values = [value] } };
            foreach (var value in shape.String?.Values ?? [])
                scalars[$"string {value}"] = Shape.Nothing with { String = new StringFacet { Values = [value] } };
        }

        return [.. scalars.Values];
    }

    private int Comma(int from) => whitespace.Gap(builder.Literal(from, ","u8));

    private void Close(int from, int to) => builder.AddBytes(whitespace.Gap(from), (byte)']', (byte)']', to);
}

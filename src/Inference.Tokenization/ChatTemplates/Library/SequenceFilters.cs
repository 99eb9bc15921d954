using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Filters on lists and dictionaries.</summary>
internal static class SequenceFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        new("batch", "value linecount fill_with?", a => new GeneratorValue(Batch(a))),
        new("count", "value", a => Length(a)),
        new("dictsort", "value case_sensitive? by? reverse?", DictSort),
        new("first", "value", First),
        new("groupby", "value attribute default? case_sensitive?", GroupBy),
        new("items", "value", Items),
        new("join", "value d? attribute?", Join),
        new("last", "value", Last),
        new("length", "value", a => Length(a)),
        new("list", "value", a => new ListValue([.. a.Items(0)])),
        new("max", "value case_sensitive? attribute?", a => Extreme(a, 1)),
        new("min", "value case_sensitive? attribute?", a => Extreme(a, -1)),
        new("reverse", "value", Reverse),
        new("slice", "value slices fill_with?", Slice),
        new("sort", "value reverse? case_sensitive? attribute?", Sort),
        new("sum", "value attribute? start?", Sum),
        new("unique", "value case_sensitive? attribute?", a => new GeneratorValue(Unique(a))),
    ];

    private static long Length(Arguments a) => Iteration.TryCount(a.Context, a[0])
        ?? throw TemplateFault.Runtime($"object of type '{TypeName.Of(a[0])}' has no len()");

    private static object? First(Arguments a)
    {
        foreach (var item in a.Items(0))
        {
            return item;
        }

        return new Undefined("no first item, sequence was empty");
    }

    private static object? Last(Arguments a) => a[0] is GeneratorValue
        ? throw TemplateFault.Runtime("'generator' object is not reversible")
        : a.Items(0).LastOrDefault(new Undefined("no last item, sequence was empty"));

    private static GeneratorValue Items(Arguments a) => a[0] switch
    {
        Undefined => new GeneratorValue([]),
        DictValue dict => new GeneratorValue(CollectionMethods.Pairs(a.Context, dict)),
        _ => throw TemplateFault.Runtime("can only get item pairs from a mapping"),
    };

    private static string Join(Arguments a)
    {
        var separator = a.Has(1) ? a.Text(1) : "";
        var attribute = new AttributePath(a[2]);
        var parts = a.Items(0).Select(item => Text.Of(a.Context, attribute.Get(a.Context, item)));
        return StringOperations.Join(a.Context, separator, parts);
    }

    private static object Reverse(Arguments a) => a[0] is string text
        ? CodePoints.Slice(a.Context, text, new SliceValue(null, null, -1))
        : new GeneratorValue(a.Items(0).Reverse());

    private static ListValue Sort(Arguments a)
    {
        var paths = AttributePath.ParseList(a[3]);
        object? KeyOf(object? item)
        {
            var keys = paths.Select(path => path.Get(a.Context, item));
            return new ListValue([.. a.Flag(2) ? keys : keys.Select(SortKey.IgnoreCase)]);
        }

        return new ListValue(new SortKey(a.Context).Sort(a.Items(0), KeyOf, reverse: a.Flag(1)));
    }

    private static ListValue DictSort(Arguments a)
    {
        var by = a.Has(2) ? a.String(2) : "key";
        if (by is not ("key" or "value"))
        {
            throw TemplateFault.Runtime("you can only sort by either \"key\" or \"value\"");
        }

        var pairs = a[0] as DictValue ?? throw TemplateFault.Runtime($"dictsort wants a dict, got {TypeName.Of(a[0])}");
        object? KeyOf(object? pair)
        {
            var part = ((TupleValue)pair!).Items[by == "key" ? 0 : 1];
            return a.Flag(1) ? part : SortKey.IgnoreCase(part);
        }

        return new ListValue(new SortKey(a.Context).Sort(CollectionMethods.Pairs(a.Context, pairs), KeyOf, reverse: a.Flag(3)));
    }

    private static ListValue GroupBy(Arguments a)
    {
        var path = new AttributePath(a[1]);
        object? KeyOf(object? item)
        {
            var key = path.Get(a.Context, item, a[2]);
            return a.Flag(3) ? key : SortKey.IgnoreCase(key);
        }

        var groups = new List<List<object?>>();
        object? last = null;
        foreach (var item in new SortKey(a.Context).Sort(a.Items(0), KeyOf, reverse: false))
        {
            var key = KeyOf(item);
            if (groups.Count == 0 || !Comparison.AreEqual(a.Context, key, last))
            {
                groups.Add([]);
            }

            groups[^1].Add(item);
            last = key;
        }

        return new ListValue([.. groups.Select(group =>
            new TupleValue([path.Get(a.Context, group[0], a[2]), new ListValue(group)], ["grouper", "list"]))]);
    }

    private static object? Extreme(Arguments a, int sign)
    {
        var path = new AttributePath(a[2]);
        object? best = new Undefined("no aggregated item, sequence was empty");
        object? bestKey = null;
        foreach (var item in a.Items(0))
        {
            var key = path.Get(a.Context, item);
            key = a.Flag(1) ? key : SortKey.IgnoreCase(key);
            if (best is Undefined || Comparison.Compare(a.Context, key, bestKey, sign > 0 ? ">" : "<") * sign > 0)
            {
                (best, bestKey) = (item, key);
            }
        }

        return best;
    }

    private static object? Sum(Arguments a)
    {
        var path = new AttributePath(a[1]);
        var total = a.Has(2) ? a[2] : 0L;
        foreach (var item in a.Items(0))
        {
            total = total is not string
                ? Arithmetic.Add(a.Context, total, path.Get(a.Context, item))
                : throw TemplateFault.Runtime("sum() can't sum strings");
        }

        return total;
    }

    private static IEnumerable<object?> Unique(Arguments a)
    {
        var path = new AttributePath(a[2]);
        var seen = new DictValue(0);
        foreach (var item in a.Items(0))
        {
            var key = path.Get(a.Context, item);
            key = a.Flag(1) ? key : SortKey.IgnoreCase(key);
            a.Context.ChargeKey(key);
            if (!seen.TryGet(key, out _))
            {
                seen.Set(key, null);
                yield return item;
            }
        }
    }

    private static IEnumerable<object?> Batch(Arguments a)
    {
        var size = a.Integer(1);
        var row = new List<object?>();
        foreach (var item in a.Items(0))
        {
            if (row.Count == size)
            {
                yield return new ListValue(row);
                row = [];
            }

            row.Add(item);
        }

        if (row.Count == 0)
        {
            yield break;
        }

        a.Context.ChargeItems(a[2] is not null ? Math.Max(0, size - row.Count) : 0);
        while (a[2] is not null && row.Count < size)
        {
            row.Add(a[2]);
        }

        yield return new ListValue(row);
    }

    private static GeneratorValue Slice(Arguments a)
    {
        var slices = a.Integer(1);
        var items = a.Items(0).ToList();
        if (slices == 0)
        {
            throw TemplateFault.Runtime("division by zero");
        }

        a.Context.ChargeItems(Math.Max(0, slices));
        return new GeneratorValue(Columns());

        IEnumerable<object?> Columns()
        {
            var start = 0;
            for (var column = 0; column < slices; column++)
            {
                var isLong = column < items.Count % slices;
                var count = (int)(items.Count / slices) + (isLong ? 1 : 0);
                var part = items.GetRange(start, count);
                start += count;
                if (a[2] is not null && !isLong)
                {
                    part.Add(a[2]);
                }

                yield return new ListValue(part);
            }
        }
    }
}

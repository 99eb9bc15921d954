using System.Collections.Frozen;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Methods of dictionaries, lists and tuples; those that would change them are refused, as in the immutable sandbox.</summary>
internal static class CollectionMethods
{
    private static readonly FrozenDictionary<string, Builtin> DictMethods = new List<Builtin>
    {
        new("copy", "self", a => a[0]),
        new("get", "self key default?", a => ((DictValue)a[0]!).TryGet(Hashable(a), out var value) ? value : a[2]),
        new("items", "self", a => View("dict_items", Pairs(a.Context, (DictValue)a[0]!))),
        new("keys", "self", a => View("dict_keys", Parts(a, item => item.Key))),
        new("values", "self", a => View("dict_values", Parts(a, item => item.Value))),
    }.ToFrozenDictionary(method => method.Name);

    private static readonly FrozenDictionary<string, Builtin> TupleMethods = new List<Builtin>
    {
        new("count", "self value", a => (long)a.Items(0).Count(item => Comparison.AreEqual(a.Context, item, a[1]))),
        new("index", "self value start? stop?", a => IndexOf(a)),
    }.ToFrozenDictionary(method => method.Name);

    private static readonly Builtin CopyList = new("copy", "self", a => a[0]);

    private static readonly FrozenSet<string> DictChanges = ["clear", "pop", "popitem", "setdefault", "update"];

    private static readonly FrozenSet<string> ListChanges =
        ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];

    public static Builtin? FindForDict(string name) => DictMethods.GetValueOrDefault(name);

    public static Builtin? FindForTuple(string name) => TupleMethods.GetValueOrDefault(name);

    public static Builtin? FindForList(string name) => name == "copy" ? CopyList : FindForTuple(name);

    public static bool ChangesDict(string method) => DictChanges.Contains(method);

    public static bool ChangesList(string method) => ListChanges.Contains(method);

    /// <summary>A dictionary's entries as tuples.</summary>
    public static IEnumerable<object?> Pairs(RenderContext context, DictValue dict)
    {
        foreach (var (key, value) in dict.Items)
        {
            context.Charge(2);
            yield return new TupleValue([key, value]);
        }
    }

    private static ViewValue View(string typeName, IEnumerable<object?> items) => new(typeName, [.. items]);

    private static IEnumerable<object?> Parts(Arguments a, Func<KeyValuePair<object?, object?>, object?> part)
    {
        var dict = (DictValue)a[0]!;
        a.Context.ChargeItems(dict.Items.Count);
        return dict.Items.Select(part);
    }

    private static object? Hashable(Arguments a)
    {
        a.Context.ChargeKey(a[1]);
        return DictValue.HashKey(a[1]) is null ? throw TemplateFault.Runtime($"unhashable type: '{TypeName.Of(a[1])}'") : a[1];
    }

    private static long IndexOf(Arguments a)
    {
        var items = ((SequenceValue)a[0]!).Items;
        var (start, count, _) = SliceRange.Of(new SliceValue(a.OptionalInteger(2), a.OptionalInteger(3), null), items.Count);
        for (var i = start; i < start + count; i++)
        {
            if (Comparison.AreEqual(a.Context, items[(int)i], a[1]))
            {
                return i;
            }
        }

        throw TemplateFault.Runtime("index(): the value is not in the list");
    }
}

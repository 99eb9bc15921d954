using System.Numerics;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>
/// Python's dict: insertion-ordered, keyed by None, booleans, numbers and strings, where 1, 1.0 and True are one key. Filled once, then
/// only read.
/// </summary>
internal sealed class DictValue(int capacity)
{
    private static readonly object NoneKey = new();

    private readonly List<KeyValuePair<object?, object?>> _items = new(capacity);
    private readonly Dictionary<object, int> _indexes = new(capacity);

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => _items;

    /// <exception cref="TemplateFault">The key cannot be hashed.</exception>
    public void Set(object? key, object? value)
    {
        var hashed = HashKey(key) ?? throw TemplateFault.Runtime($"unhashable type: '{TypeName.Of(key)}'");
        if (_indexes.TryGetValue(hashed, out var index))
        {
            _items[index] = new(_items[index].Key, value);
            return;
        }

        _indexes.Add(hashed, _items.Count);
        _items.Add(new(key, value));
    }

    public bool TryGet(object? key, out object? value)
    {
        if (HashKey(key) is { } hashed && _indexes.TryGetValue(hashed, out var index))
        {
            value = _items[index].Value;
            return true;
        }

        value = null;
        return false;
    }

    /// <summary>The object under which equal keys meet; null when the value cannot be a key.</summary>
    public static object? HashKey(object? key) => key switch
    {
        null => NoneKey,
        string or long or BigInteger => key,
        bool flag => flag ? 1L : 0L,
        double number when Math.Floor(number) == number && Math.Abs(number) < 1e18 => (long)number,
        double => key,
        Undefined => typeof(Undefined),
        SequenceValue or DictValue => null,
        _ => key,
    };
}

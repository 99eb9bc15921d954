using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Python's <c>json.dumps</c>, as <c>tojson</c> calls it: no HTML escaping, non-ASCII text as it is unless asked.</summary>
internal sealed class JsonWriter(RenderContext context)
{
    private readonly StringBuilder _output = new();

    public bool EnsureAscii { get; init; }

    /// <summary>What each level of nesting is indented by; null writes one line.</summary>
    public string? Indent { get; init; }

    public required string ItemSeparator { get; init; }

    public required string KeySeparator { get; init; }

    public bool SortKeys { get; init; }

    public string Write(object? value)
    {
        Append(value, 0);
        return _output.ToString();
    }

    private void Append(object? value, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Charge(1);
        switch (value)
        {
            case string text:
                AppendString(text);
                break;
            case ListValue or TupleValue:
                AppendArray(((SequenceValue)value).Items, depth);
                break;
            case DictValue dict:
                AppendObject(dict, depth);
                break;
            default:
                _output.Append(OfScalar(value)
                    ?? throw TemplateFault.Runtime($"object of type {TypeName.Of(value)} is not JSON serializable"));
                break;
        }

        if (_output.Length > context.Limits.MaxTextLength)
        {
            throw TemplateFault.Limit($"a text of more than {context.Limits.MaxTextLength} characters");
        }
    }

    private static string? OfScalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long or BigInteger => Convert.ToString(value, CultureInfo.InvariantCulture),
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        double.NaN => "NaN",
        double number => Repr.OfDouble(number),
        _ => null,
    };

    private void AppendArray(IReadOnlyList<object?> items, int depth)
    {
        _output.Append('[');
        for (var i = 0; i < items.Count; i++)
        {
            _output.Append(i > 0 ? ItemSeparator : "");
            AppendNewLine(depth + 1);
            Append(items[i], depth + 1);
        }

        AppendEnd(']', items.Count, depth);
    }

    private void AppendObject(DictValue dict, int depth)
    {
        IEnumerable<KeyValuePair<object?, object?>> items = dict.Items;
        items = SortKeys ? new SortKey(context).Sort(items, item => item.Key, reverse: false) : items;
        _output.Append('{');
        var separator = "";
        foreach (var (key, value) in items)
        {
            _output.Append(separator);
            AppendNewLine(depth + 1);
            AppendString(key as string
                ?? OfScalar(key)
                ?? throw TemplateFault.Runtime($"keys must be str, int, float, bool or None, not {TypeName.Of(key)}"));
            _output.Append(KeySeparator);
            Append(value, depth + 1);
            separator = ItemSeparator;
        }

        AppendEnd('}', dict.Items.Count, depth);
    }

    private void AppendEnd(char close, int count, int depth)
    {
        if (count > 0)
        {
            AppendNewLine(depth);
        }

        _output.Append(close);
    }

    private void AppendNewLine(int depth)
    {
        if (Indent is null)
        {
            return;
        }

        context.ChargeText((long)Indent.Length * depth);
        _output.Append('\n').Insert(_output.Length, Indent, depth);
    }

    private void AppendString(string text)
    {
        context.ChargeText(text.Length);
        _output.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    _output.Append('\\').Append(c);
                    break;
                case '\n':
                    _output.Append("\\n");
                    break;
                case '\r':
                    _output.Append("\\r");
                    break;
                case '\t':
                    _output.Append("\\t");
                    break;
                case '\f':
                    _output.Append("\\f");
                    break;
                case '\b':
                    _output.Append("\\b");
                    break;
                case var _ when c < ' ' || (c > '~' && EnsureAscii):
                    _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    _output.Append(c);
                    break;
            }
        }

        _output.Append('"');
    }
}

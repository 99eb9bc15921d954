using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Python's <c>format % values</c>, which the <c>format</c> filter uses too.</summary>
internal sealed class PercentFormat
{
    private readonly RenderContext _context;
    private readonly string _format;
    private readonly object? _values;
    private int _position;
    private int _used;
    private bool _usesNames;

    private PercentFormat(RenderContext context, string format, object? values)
    {
        _context = context;
        _format = format;
        _values = values;
    }

    /// <param name="context">The render.</param>
    /// <param name="format">The format.</param>
    /// <param name="values">A tuple of values, a dictionary for <c>%(name)s</c>, or one value.</param>
    public static string Format(RenderContext context, string format, object? values) => new PercentFormat(context, format, values).Run();

    private string Run()
    {
        _context.ChargeText(_format.Length);
        var output = new StringBuilder();
        while (_position < _format.Length)
        {
            var percent = _format.IndexOf('%', _position);
            percent = percent < 0 ? _format.Length : percent;
            output.Append(_format, _position, percent - _position);
            _position = percent + 1;
            if (percent < _format.Length)
            {
                output.Append(ReadConversion());
            }

            if (output.Length > _context.Limits.MaxTextLength)
            {
                throw TemplateFault.Limit($"a text of more than {_context.Limits.MaxTextLength} characters");
            }
        }

        return HasUnusedValues() ? throw TemplateFault.Runtime("not all arguments converted during string formatting") : output.ToString();
    }

    private bool HasUnusedValues() => _values is TupleValue tuple
        ? _used < tuple.Items.Count
        : _used == 0 && !_usesNames && _values is not (DictValue or ListValue or Undefined);

    private string ReadConversion()
    {
        _context.Charge(1);
        var key = ReadKey();
        var flags = new HashSet<char>();
        while (_position < _format.Length && "-+ #0".Contains(_format[_position], StringComparison.Ordinal))
        {
            flags.Add(_format[_position++]);
        }

        var width = ReadNumber() ?? 0;
        long? precision = null;
        if (Peek() == '.')
        {
            _position++;
            precision = ReadNumber() ?? 0;
        }

        while (Peek() is 'l' or 'h' or 'L')
        {
            _position++;
        }

        var type = Peek();
        _position++;
        if (type == '%')
        {
            return "%";
        }

        var spec = new FormatSpec
        {
            Align = flags.Contains('-') || width < 0 ? '<' : flags.Contains('0') && type is not ('s' or 'r' or 'a') ? '=' : '>',
            Fill = flags.Contains('0') && !flags.Contains('-') && type is not ('s' or 'r' or 'a') ? "0" : " ",
            Sign = flags.Contains('+') ? '+' : flags.Contains(' ') ? ' ' : '\0',
            Alternate = flags.Contains('#'),
            Width = Math.Abs(width),
            Precision = precision,
            Type = type,
        };
        return Convert(spec, key is null ? NextValue() : Named(key));
    }

    private string Convert(FormatSpec spec, object? value)
    {
        switch (spec.Type)
        {
            case 's':
                return spec.Apply(_context, Text.Of(_context, value));
            case 'r' or 'a':
                var repr = new StringBuilder();
                Repr.Append(_context, repr, value);
                return (spec with { Type = 's' }).Apply(_context, repr.ToString());
            case 'c' when value is string character:
                return CodePoints.CountBefore(character, character.Length) == 1
                    ? (spec with { Type = 's' }).Apply(_context, character)
                    : throw TemplateFault.Runtime("%c requires int or char");
            case 'd' or 'i' or 'u' when value is double number:
                return OfInteger(
                    spec,
                    NumberParser.ToInteger(number, 10) ?? throw TemplateFault.Runtime("cannot convert float to integer"));
            case 'd' or 'i' or 'u':
                return OfInteger(spec, value);
            case 'x' or 'X' or 'o' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'c' when Numbers.IsNumber(value):
                return spec.Apply(_context, value);
            case 'x' or 'X' or 'o' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'c':
                throw NotANumber(spec, value);
            default:
                throw TemplateFault.Runtime(spec.Type == '\0' ? "incomplete format" : $"unsupported format character '{spec.Type}'");
        }
    }

    private string OfInteger(FormatSpec spec, object? value)
    {
        if (!Numbers.IsInteger(value))
        {
            throw NotANumber(spec, value);
        }

        return spec.Apply(_context, value);
    }

    private static TemplateFault NotANumber(FormatSpec spec, object? value) => (value as Undefined)?.Fault()
        ?? TemplateFault.Runtime($"%{spec.Type} format: a number is required, not {TypeName.Of(value)}");

    private string? ReadKey()
    {
        if (Peek() != '(')
        {
            return null;
        }

        var end = _format.IndexOf(')', _position);
        if (end < 0)
        {
            throw TemplateFault.Runtime("incomplete format key");
        }

        var key = _format[(_position + 1)..end];
        _position = end + 1;
        _usesNames = true;
        return key;
    }

    private long? ReadNumber()
    {
        if (Peek() == '*')
        {
            _position++;
            var given = NextValue();
            return Numbers.IsInteger(given) ? Numbers.Saturate(given) : throw TemplateFault.Runtime("* wants int");
        }

        long? number = null;
        while (char.IsAsciiDigit(Peek()))
        {
            number = Math.Min(((number ?? 0) * 10) + (_format[_position++] - '0'), int.MaxValue);
        }

        return number;
    }

    private char Peek() => _position < _format.Length ? _format[_position] : '\0';

    private object? NextValue()
    {
        var index = _used++;
        return _values switch
        {
            TupleValue tuple when index < tuple.Items.Count => tuple.Items[index],
            not TupleValue when index == 0 => _values,
            _ => throw TemplateFault.Runtime("not enough arguments for format string"),
        };
    }

    private object? Named(string key)
    {
        var dict = _values as DictValue ?? throw TemplateFault.Runtime("format requires a mapping");
        return dict.TryGet(key, out var value) ? value : throw TemplateFault.Runtime($"key '{key}' is missing");
    }
}

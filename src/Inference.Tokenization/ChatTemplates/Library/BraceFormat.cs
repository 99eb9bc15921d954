using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Python's <c>str.format</c>, with the sandbox's access to attributes. A field inside a specification is not supported.</summary>
internal sealed class BraceFormat
{
    private readonly RenderContext _context;
    private readonly string _format;
    private readonly IReadOnlyList<object?> _positional;
    private readonly CallArguments _arguments;
    private int _next;

    private BraceFormat(RenderContext context, string format, CallArguments arguments)
    {
        _context = context;
        _format = format;
        _positional = arguments.Positional;
        _arguments = arguments;
    }

    public static string Format(
        RenderContext context,
        string format,
        IReadOnlyList<object?> positional,
        IReadOnlyList<KeyValuePair<string, object?>> keywords) =>
        new BraceFormat(context, format, new CallArguments(positional, keywords)).Run();

    private string Run()
    {
        var output = new StringBuilder();
        for (var i = 0; i < _format.Length; i++)
        {
            var c = _format[i];
            if (c is not ('{' or '}'))
            {
                output.Append(c);
            }
            else if (i + 1 < _format.Length && _format[i + 1] == c)
            {
                output.Append(c);
                i++;
            }
            else
            {
                var end = c == '{' ? _format.IndexOf('}', i) : -1;
                if (end < 0)
                {
                    throw TemplateFault.Runtime($"single '{c}' encountered in format string");
                }

                output.Append(FormatField(_format[(i + 1)..end]));
                i = end;
            }

            if (output.Length > _context.Limits.MaxTextLength)
            {
                throw TemplateFault.Limit($"a text of more than {_context.Limits.MaxTextLength} characters");
            }
        }

        return output.ToString();
    }

    private string FormatField(string field)
    {
        _context.Charge(1);
        var colon = field.IndexOf(':');
        var spec = colon < 0 ? "" : field[(colon + 1)..];
        var name = colon < 0 ? field : field[..colon];
        var bang = name.IndexOf('!');
        var conversion = bang < 0 ? "" : name[(bang + 1)..];
        var value = Resolve(bang < 0 ? name : name[..bang]);
        if (spec.Contains('{'))
        {
            throw TemplateFault.Runtime("a field inside a format specification is not supported");
        }

        switch (conversion)
        {
            case "":
                break;
            case "s":
                value = Text.Of(_context, value);
                break;
            case "r":
                var repr = new StringBuilder();
                Repr.Append(_context, repr, value);
                value = repr.ToString();
                break;
            default:
                throw TemplateFault.Runtime($"unknown conversion specifier '{conversion}'");
        }

        if (spec.Length == 0)
        {
            var text = Text.Of(_context, value);
            _context.ChargeText(text.Length);
            return text;
        }

        return value is string || Numbers.IsNumber(value)
            ? BraceSpec.Parse(spec).Apply(_context, value)
            : throw TemplateFault.Runtime($"unsupported format string passed to {TypeName.Of(value)}.__format__");
    }

    private object? Resolve(string name)
    {
        var end = name.IndexOfAny(['.', '[']);
        end = end < 0 ? name.Length : end;
        var value = First(name[..end]);
        while (end < name.Length)
        {
            var isItem = name[end] == '[';
            var close = isItem ? name.IndexOf(']', end) : name.IndexOfAny(['.', '['], end + 1);
            close = close < 0 && !isItem ? name.Length : close;
            if (close <= end + 1)
            {
                throw TemplateFault.Runtime("malformed field in format string");
            }

            var part = name[(end + 1)..close];
            value = isItem
                ? Members.GetItem(_context, value, long.TryParse(part, out var index) ? index : part)
                : Members.GetAttribute(value, part);
            end = isItem ? close + 1 : close;
        }

        return value;
    }

    private object? First(string name)
    {
        if (name.Length == 0 || name.All(char.IsAsciiDigit))
        {
            var index = name.Length == 0 ? _next++ : int.TryParse(name, out var given) ? given : int.MaxValue;
            return index < _positional.Count
                ? _positional[index]
                : throw TemplateFault.Runtime($"replacement index {index} out of range for positional args tuple");
        }

        return _arguments.TryGetKeyword(name, out var value)
            ? value
            : throw TemplateFault.Runtime($"format() misses the argument '{name}'");
    }
}

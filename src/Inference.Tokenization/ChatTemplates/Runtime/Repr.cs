using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's <c>repr()</c>.</summary>
internal static class Repr
{
    public static void Append(RenderContext context, StringBuilder output, object? value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Charge(1);
        switch (value)
        {
            case null:
                output.Append("None");
                break;
            case bool flag:
                output.Append(flag ? "True" : "False");
                break;
            case long or BigInteger:
                output.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
            case double number:
                output.Append(OfDouble(number));
                break;
            case string text:
                AppendString(context, output, text);
                break;
            case ListValue list:
                AppendItems(context, output, "[", list.Items, "]");
                break;
            case TupleValue tuple:
                AppendItems(context, output, "(", tuple.Items, tuple.Items.Count == 1 ? ",)" : ")");
                break;
            case ViewValue view:
                AppendItems(context, output, $"{view.TypeName}([", view.Items, "])");
                break;
            case DictValue dict:
                AppendDict(context, output, dict);
                break;
            default:
                AppendObject(context, output, value);
                break;
        }

        if (output.Length > context.Limits.MaxTextLength)
        {
            throw TemplateFault.Limit($"a text of more than {context.Limits.MaxTextLength} characters");
        }
    }

    /// <summary>The shortest digits that read back the same, with an exponent from 1e16 up and below 1e-4.</summary>
    public static string OfDouble(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var sign = double.IsNegative(value) ? "-" : "";
        var (digits, point) = ShortestDigits(Math.Abs(value));
        return sign + point switch
        {
            > 16 or < -3 => $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(point > 0 ? '+' : '-')}{Math.Abs(point - 1):00}",
            <= 0 => $"0.{new string('0', -point)}{digits}",
            _ when point < digits.Length => $"{digits[..point]}.{digits[point..]}",
            _ => $"{digits}{new string('0', point - digits.Length)}.0",
        };
    }

    /// <summary>The shortest digits that read back as the number, and the place of the decimal point among them: 12, 3 is 120.</summary>
    private static (string Digits, int Point) ShortestDigits(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var end = text.IndexOf('E') is var e and >= 0 ? e : text.Length;
        var exponent = end < text.Length ? int.Parse(text.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var dot = text.IndexOf('.') is var d and >= 0 ? d : end;
        var digits = text[..end].Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        return digits.Length == 0 ? ("0", 1) : (digits, dot + exponent - leading);
    }

    private static void AppendString(RenderContext context, StringBuilder output, string text)
    {
        context.ChargeText(text.Length);
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        output.Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            AppendRune(output, rune, quote);
        }

        output.Append(quote);
    }

    private static void AppendRune(StringBuilder output, Rune rune, char quote)
    {
        switch (rune.Value)
        {
            case '\n':
                output.Append("\\n");
                break;
            case '\r':
                output.Append("\\r");
                break;
            case '\t':
                output.Append("\\t");
                break;
            case '\\':
                output.Append("\\\\");
                break;
            case var c when c == quote:
                output.Append('\\').Append(quote);
                break;
            case var c when IsPrintable(rune):
                output.Append(rune.ToString());
                break;
            case < 0x100:
                output.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
                break;
            case < 0x10000:
                output.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                break;
            default:
                output.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
                break;
        }
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    private static void AppendItems(RenderContext context, StringBuilder output, string open, IReadOnlyList<object?> items, string close)
    {
        output.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            output.Append(i > 0 ? ", " : "");
            Append(context, output, items[i]);
        }

        output.Append(close);
    }

    private static void AppendDict(RenderContext context, StringBuilder output, DictValue dict)
    {
        output.Append('{');
        var separator = "";
        foreach (var (key, value) in dict.Items)
        {
            output.Append(separator);
            Append(context, output, key);
            output.Append(": ");
            Append(context, output, value);
            separator = ", ";
        }

        output.Append('}');
    }

    private static void AppendObject(RenderContext context, StringBuilder output, object value)
    {
        switch (value)
        {
            case NamespaceValue space:
                output.Append("<Namespace ");
                Append(context, output, space.Attributes);
                output.Append('>');
                break;
            case MacroValue macro:
                output.Append(CultureInfo.InvariantCulture, $"<Macro '{macro.Name}'>");
                break;
            case Undefined:
                output.Append("Undefined");
                break;
            case RangeValue range:
                output.Append(range.ToString());
                break;
            default:
                output.Append(CultureInfo.InvariantCulture, $"<{TypeName.Of(value)}>");
                break;
        }
    }
}

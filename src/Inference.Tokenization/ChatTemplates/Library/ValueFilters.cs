using System.Numerics;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Filters on numbers, on any value, and conversions.</summary>
internal static class ValueFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        new("abs", "value", Abs),
        new("attr", "value name", a => Members.GetOwnAttribute(a[0], a.String(1))),
        new("d", "value default_value? boolean?", Default),
        new("default", "value default_value? boolean?", Default),
        new("float", "value default?", a => NumberParser.ToFloat(Charged(a)) ?? (a.Has(1) ? a[1] : 0.0)),
        new("int", "value default? base?", ToInt),
        new("round", "value precision? method?", Round),
        new("string", "value", a => a.Text(0)),
        new("tojson", "value ensure_ascii? indent? separators? sort_keys?", ToJson),
    ];

    private static object? Charged(Arguments a)
    {
        a.Context.ChargeKey(a[0]);
        return a[0];
    }

    private static object? Default(Arguments a) =>
        a[0] is Undefined || (a.Flag(2) && !Truth.Of(a[0])) ? (a.Has(1) ? a[1] : "") : a[0];

    private static object Abs(Arguments a) => a[0] switch
    {
        double number => Math.Abs(number),
        Undefined undefined => throw undefined.Fault(),
        var value when Numbers.IsInteger(value) => Numbers.Normalize(BigInteger.Abs(Numbers.ToBig(value))),
        var value => throw TemplateFault.Runtime($"bad operand type for abs(): '{TypeName.Of(value)}'"),
    };

    private static object? ToInt(Arguments a) => NumberParser.ToInteger(Charged(a), a.Integer(2, 10)) ?? (a.Has(1) ? a[1] : 0L);

    private static object Round(Arguments a)
    {
        const int MostDigits = 300;
        var method = a.Has(2) ? a.String(2) : "common";
        var precision = (int)Math.Clamp(a.Integer(1, 0), -MostDigits, MostDigits);
        if (a[0] is Undefined undefined)
        {
            throw undefined.Fault();
        }

        if (!Numbers.IsNumber(a[0]))
        {
            throw TemplateFault.Runtime($"type {TypeName.Of(a[0])} cannot be rounded");
        }

        switch (method)
        {
            case "common" when a[0] is double value:
                return DecimalRounding.Round(value, precision);
            case "common":
                return precision >= 0 ? Numbers.Normalize(Numbers.ToBig(a[0])) : DecimalRounding.Round(Numbers.ToBig(a[0]), -precision);
            case "ceil" or "floor":
                var power = Math.Pow(10, precision);
                var scaled = Numbers.ToDouble(a[0]) * power;
                return (method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / power;
            default:
                throw TemplateFault.Runtime("method must be common, ceil or floor");
        }
    }

    private static string ToJson(Arguments a)
    {
        var (item, key) = a[2] is null ? (", ", ": ") : (",", ": ");
        if (a[3] is SequenceValue { Items: [string first, string second] })
        {
            (item, key) = (first, second);
        }
        else if (a[3] is not null)
        {
            throw TemplateFault.Runtime("tojson() wants two strings for 'separators'");
        }

        var indent = a[2] switch
        {
            null => null,
            string text => text,
            _ => Arithmetic.Repeat(a.Context, " ", a.Integer(2)),
        };
        return new JsonWriter(a.Context)
        {
            EnsureAscii = a.Flag(1),
            Indent = indent,
            ItemSeparator = item,
            KeySeparator = key,
            SortKeys = a.Flag(4),
        }.Write(a[0]);
    }
}

using System.Numerics;
using Inference.Tokenization.ChatTemplates.Library;
using Inference.Tokenization.ChatTemplates.Syntax;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's operators on numbers, strings and sequences, refusing results beyond the limits.</summary>
internal static class Arithmetic
{
    public static object? Apply(RenderContext context, BinaryOperator op, object? left, object? right)
    {
        if (op == BinaryOperator.Concatenate)
        {
            return Concatenate(context, Text.Of(context, left), Text.Of(context, right));
        }

        if (left is string format && op == BinaryOperator.Modulo)
        {
            return PercentFormat.Format(context, format, right);
        }

        if ((left as Undefined ?? right as Undefined) is { } undefined)
        {
            throw undefined.Fault();
        }

        if (Numbers.IsInteger(left) && Numbers.IsInteger(right))
        {
            return OnIntegers(context, op, left, right);
        }

        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            return OnDoubles(op, Numbers.ToDouble(left), Numbers.ToDouble(right));
        }

        return op switch
        {
            BinaryOperator.Add => Join(context, left, right),
            BinaryOperator.Multiply when Numbers.IsInteger(right) => Repeat(context, left, Numbers.Saturate(right)),
            BinaryOperator.Multiply when Numbers.IsInteger(left) => Repeat(context, right, Numbers.Saturate(left)),
            _ => null,
        } ?? throw TemplateFault.Runtime(
            $"unsupported operand type(s) for {Symbol(op)}: '{TypeName.Of(left)}' and '{TypeName.Of(right)}'");
    }

    public static object? Add(RenderContext context, object? left, object? right) => Apply(context, BinaryOperator.Add, left, right);

    public static object Sign(bool negates, object? value) => value switch
    {
        double number => negates ? -number : number,
        _ when Numbers.IsInteger(value) => Numbers.Normalize(negates ? -Numbers.ToBig(value) : Numbers.ToBig(value)),
        Undefined undefined => throw undefined.Fault(),
        _ => throw TemplateFault.Runtime($"bad operand type for unary {(negates ? '-' : '+')}: '{TypeName.Of(value)}'"),
    };

    public static string Concatenate(RenderContext context, string left, string right)
    {
        context.ChargeText((long)left.Length + right.Length);
        return left + right;
    }

    public static string Repeat(RenderContext context, string text, long count)
    {
        if (count <= 0 || text.Length == 0)
        {
            return "";
        }

        context.ChargeText(text.Length * Math.Min(count, int.MaxValue));
        return new System.Text.StringBuilder(text.Length * (int)count).Insert(0, text, (int)count).ToString();
    }

    private static object? Join(RenderContext context, object? left, object? right) => (left, right) switch
    {
        (string a, string b) => Concatenate(context, a, b),
        (ListValue a, ListValue b) => new ListValue(Join(context, a.Items, b.Items)),
        (TupleValue a, TupleValue b) => new TupleValue(Join(context, a.Items, b.Items)),
        _ => null,
    };

    private static object?[] Join(RenderContext context, IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        context.ChargeItems((long)left.Count + right.Count);
        return [.. left, .. right];
    }

    private static object? Repeat(RenderContext context, object? value, long count) => value switch
    {
        string text => Repeat(context, text, count),
        ListValue list => new ListValue(Repeat(context, list.Items, count)),
        TupleValue tuple => new TupleValue(Repeat(context, tuple.Items, count)),
        _ => null,
    };

    private static List<object?> Repeat(RenderContext context, IReadOnlyList<object?> items, long count)
    {
        var repeated = new List<object?>();
        for (long i = 0; i < count && items.Count > 0; i++)
        {
            context.ChargeItems(items.Count);
            repeated.AddRange(items);
        }

        return repeated;
    }

    private static object OnIntegers(RenderContext context, BinaryOperator op, object? left, object? right)
    {
        if (op == BinaryOperator.Divide)
        {
            return OnDoubles(op, Numbers.ToDouble(left), Numbers.ToDouble(right));
        }

        var (a, b) = (Numbers.ToBig(left), Numbers.ToBig(right));
        if (b.IsZero && op is (BinaryOperator.FloorDivide or BinaryOperator.Modulo))
        {
            throw DivisionByZero();
        }

        if (op == BinaryOperator.Power)
        {
            return Power(context, a, b);
        }

        var result = op switch
        {
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            BinaryOperator.Multiply => a * b,
            BinaryOperator.FloorDivide => FloorDivide(a, b),
            _ => a - (FloorDivide(a, b) * b),
        };
        CheckBits(context, result.GetBitLength());
        return Numbers.Normalize(result);
    }

    private static BigInteger FloorDivide(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        return !remainder.IsZero && (remainder.Sign < 0) != (b.Sign < 0) ? quotient - 1 : quotient;
    }

    private static object Power(RenderContext context, BigInteger a, BigInteger b)
    {
        if (b.Sign < 0)
        {
            return OnDoubles(BinaryOperator.Power, Numbers.ToDouble(Numbers.Normalize(a)), Numbers.ToDouble(Numbers.Normalize(b)));
        }

        if (BigInteger.Abs(a) <= 1)
        {
            return Numbers.Normalize(b.IsZero || a.IsOne ? 1 : a.IsZero ? 0 : b.IsEven ? 1 : -1);
        }

        CheckBits(context, b > context.Limits.MaxIntegerBits ? long.MaxValue : (long)b * a.GetBitLength());
        return Numbers.Normalize(BigInteger.Pow(a, (int)b));
    }

    private static void CheckBits(RenderContext context, long bits)
    {
        if (bits > context.Limits.MaxIntegerBits)
        {
            throw TemplateFault.Limit($"an integer of more than {context.Limits.MaxIntegerBits} bits");
        }
    }

    private static double OnDoubles(BinaryOperator op, double a, double b)
    {
        if (b == 0 && op is (BinaryOperator.Divide or BinaryOperator.FloorDivide or BinaryOperator.Modulo))
        {
            throw DivisionByZero();
        }

        return op switch
        {
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            BinaryOperator.Multiply => a * b,
            BinaryOperator.Divide => a / b,
            BinaryOperator.FloorDivide => FloorDivide(a, b),
            BinaryOperator.Modulo => FloorModulo(a, b),
            _ => Power(a, b),
        };
    }

    /// <summary>The floor of the exact quotient, which a / b rounded may exceed.</summary>
    private static double FloorDivide(double a, double b)
    {
        var remainder = a % b;
        var quotient = (a - remainder) / b;
        quotient -= remainder != 0 && (remainder < 0) != (b < 0) ? 1 : 0;
        if (quotient == 0)
        {
            return Math.CopySign(0, a / b);
        }

        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    /// <summary>The remainder with the divisor's sign.</summary>
    private static double FloorModulo(double a, double b)
    {
        var remainder = a % b;
        return remainder != 0 ? (remainder < 0) != (b < 0) ? remainder + b : remainder : Math.CopySign(0, b);
    }

    private static double Power(double a, double b)
    {
        if (a == 0 && b < 0)
        {
            throw DivisionByZero();
        }

        var result = Math.Pow(a, b);
        return double.IsFinite(result) || !double.IsFinite(a) || !double.IsFinite(b)
            ? result
            : throw TemplateFault.Runtime("the result of ** is out of range");
    }

    private static TemplateFault DivisionByZero() => TemplateFault.Runtime("division by zero");

    private static string Symbol(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.FloorDivide => "//",
        BinaryOperator.Modulo => "%",
        _ => "**",
    };
}

using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.Tokenization.ChatTemplates.Syntax;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's equality, order and membership.</summary>
internal static class Comparison
{
    public static bool Holds(RenderContext context, ComparisonOperator op, object? left, object? right) => op switch
    {
        ComparisonOperator.Equal => AreEqual(context, left, right),
        ComparisonOperator.NotEqual => !AreEqual(context, left, right),
        ComparisonOperator.In => Contains(context, right, left),
        ComparisonOperator.NotIn => !Contains(context, right, left),
        _ when left is double.NaN || right is double.NaN => false,
        ComparisonOperator.Less => Compare(context, left, right, "<") < 0,
        ComparisonOperator.LessOrEqual => Compare(context, left, right, "<=") <= 0,
        ComparisonOperator.Greater => Compare(context, left, right, ">") > 0,
        _ => Compare(context, left, right, ">=") >= 0,
    };

    public static bool AreEqual(RenderContext context, object? left, object? right)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Charge(1);
        switch (left, right)
        {
            case (string a, string b):
                context.ChargeText(a.Length);
                return a == b;
            case (Undefined, Undefined):
                return true;
            case (DictValue a, DictValue b):
                return ReferenceEquals(a, b) || AreEqual(context, a, b);
            case (SequenceValue a, SequenceValue b) when a.GetType() == b.GetType() && a is not ViewValue:
                return ReferenceEquals(a, b) || AreEqual(context, a.Items, b.Items);
            case (double a, double b):
                return a == b;
            case var _ when Numbers.IsNumber(left) && Numbers.IsNumber(right):
                return CompareNumbers(left, right) == 0;
            default:
                return ReferenceEquals(left, right);
        }
    }

    /// <summary>Whether two values are the same object, as far as template values have identity.</summary>
    public static bool AreSame(RenderContext context, object? left, object? right) =>
        ReferenceEquals(left, right)
        || (left?.GetType() == right?.GetType() && left is bool or long or string && AreEqual(context, left, right));

    /// <param name="context">The render.</param>
    /// <param name="left">The left value.</param>
    /// <param name="right">The right value.</param>
    /// <param name="symbol">The operator, for the message when the values have no order.</param>
    /// <returns>Negative, zero or positive.</returns>
    public static int Compare(RenderContext context, object? left, object? right, string symbol)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Charge(1);
        switch (left, right)
        {
            case (string a, string b):
                context.ChargeText(Math.Min(a.Length, b.Length));
                return CodePoints.Compare(a, b);
            case var _ when Numbers.IsNumber(left) && Numbers.IsNumber(right):
                return CompareNumbers(left, right);
            case (ListValue a, ListValue b):
                return CompareItems(context, a.Items, b.Items, symbol);
            case (TupleValue a, TupleValue b):
                return CompareItems(context, a.Items, b.Items, symbol);
            default:
                throw (left as Undefined ?? right as Undefined)?.Fault() ?? TemplateFault.Runtime(
                    $"'{symbol}' not supported between instances of '{TypeName.Of(left)}' and '{TypeName.Of(right)}'");
        }
    }

    public static bool Contains(RenderContext context, object? container, object? item)
    {
        switch (container)
        {
            case string text:
                var part = item as string
                    ?? throw TemplateFault.Runtime($"'in <string>' requires string as left operand, not {TypeName.Of(item)}");
                return TextSearch.IndexOf(context, text, part, 0) >= 0;
            case DictValue dict:
                context.ChargeKey(item);
                return DictValue.HashKey(item) is null
                    ? throw TemplateFault.Runtime($"unhashable type: '{TypeName.Of(item)}'")
                    : dict.TryGet(item, out _);
            default:
                return Iteration.IsIterable(container)
                    ? Iteration.Enumerate(context, container).Any(element => AreEqual(context, element, item))
                    : throw TemplateFault.Runtime($"argument of type '{TypeName.Of(container)}' is not iterable");
        }
    }

    private static bool AreEqual(RenderContext context, DictValue left, DictValue right) =>
        left.Items.Count == right.Items.Count
        && left.Items.All(item => right.TryGet(item.Key, out var other) && AreEqual(context, item.Value, other));

    private static bool AreEqual(RenderContext context, IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (!AreEqual(context, left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int CompareItems(RenderContext context, IReadOnlyList<object?> left, IReadOnlyList<object?> right, string symbol)
    {
        for (var i = 0; i < left.Count && i < right.Count; i++)
        {
            if (!AreEqual(context, left[i], right[i]))
            {
                return Compare(context, left[i], right[i], symbol);
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private static int CompareNumbers(object? left, object? right) => (left, right) switch
    {
        (double a, double b) => a.CompareTo(b),
        (double a, _) => -CompareToDouble(Numbers.ToBig(right), a),
        (_, double b) => CompareToDouble(Numbers.ToBig(left), b),
        _ => Numbers.ToBig(left).CompareTo(Numbers.ToBig(right)),
    };

    private static int CompareToDouble(BigInteger integer, double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNegativeInfinity(number) ? 1 : -1;
        }

        var floor = Math.Floor(number);
        var order = integer.CompareTo(new BigInteger(floor));
        return order == 0 && number > floor ? -1 : order;
    }
}

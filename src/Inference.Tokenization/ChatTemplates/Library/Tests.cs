using System.Collections.Frozen;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Jinja2's tests, <c>value is name</c>.</summary>
internal static class Tests
{
    private static readonly FrozenDictionary<string, Builtin> All = new List<Builtin>
    {
        Unary("defined", v => v is not Undefined),
        Unary("undefined", v => v is Undefined),
        Unary("none", v => v is null),
        Unary("boolean", v => v is bool),
        Unary("true", v => v is true),
        Unary("false", v => v is false),
        Unary("integer", v => v is not bool && Numbers.IsInteger(v)),
        Unary("float", v => v is double),
        Unary("number", Numbers.IsNumber),
        Unary("string", v => v is string),
        Unary("mapping", v => v is DictValue),
        Unary("sequence", v => v is string or DictValue or Undefined or (SequenceValue and not ViewValue)),
        Unary("iterable", Iteration.IsIterable),
        Unary("callable", v => v is Callable or Undefined),
        Unary("escaped", _ => false),
        new("lower", "value", a => Casing.IsLower(Charged(a))),
        new("upper", "value", a => Casing.IsUpper(Charged(a))),
        new("odd", "value", a => Remainder(a, 2L) is 1L or 1.0),
        new("even", "value", a => Remainder(a, 2L) is 0L or 0.0),
        new("divisibleby", "value num", a => Remainder(a, a[1]) is 0L or 0.0),
        new("sameas", "value other", a => Comparison.AreSame(a.Context, a[0], a[1])),
        new("filter", "value", a => a[0] is string name && Filters.Find(name) is not null),
        new("test", "value", a => a[0] is string name && Find(name) is not null),
        Comparing("in", ComparisonOperator.In),
        Comparing("eq", ComparisonOperator.Equal),
        Comparing("equalto", ComparisonOperator.Equal),
        Comparing("==", ComparisonOperator.Equal),
        Comparing("ne", ComparisonOperator.NotEqual),
        Comparing("!=", ComparisonOperator.NotEqual),
        Comparing("lt", ComparisonOperator.Less),
        Comparing("lessthan", ComparisonOperator.Less),
        Comparing("<", ComparisonOperator.Less),
        Comparing("le", ComparisonOperator.LessOrEqual),
        Comparing("<=", ComparisonOperator.LessOrEqual),
        Comparing("gt", ComparisonOperator.Greater),
        Comparing("greaterthan", ComparisonOperator.Greater),
        Comparing(">", ComparisonOperator.Greater),
        Comparing("ge", ComparisonOperator.GreaterOrEqual),
        Comparing(">=", ComparisonOperator.GreaterOrEqual),
    }.ToFrozenDictionary(test => test.Name);

    public static Builtin? Find(string name) => All.GetValueOrDefault(name);

    private static Builtin Unary(string name, Func<object?, bool> test) => new(name, "value", a => test(a[0]));

    private static Builtin Comparing(string name, ComparisonOperator op) =>
        new(name, "value other", a => Comparison.Holds(a.Context, op, a[0], a[1]));

    private static string Charged(Arguments a)
    {
        var text = a.Text(0);
        a.Context.ChargeText(text.Length);
        return text;
    }

    private static object? Remainder(Arguments a, object? divisor) => Arithmetic.Apply(a.Context, BinaryOperator.Modulo, a[0], divisor);
}

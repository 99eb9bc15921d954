using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>start:stop:step</c> inside a subscript.</summary>
internal sealed class SliceExpression(Expression? start, Expression? stop, Expression? step) : Expression
{
    public override object? Evaluate(RenderContext context) =>
        new SliceValue(Bound(context, start), Bound(context, stop), Bound(context, step));

    private static long? Bound(RenderContext context, Expression? bound) => bound is null ? null : context.Evaluate(bound) switch
    {
        null => null,
        var value when Numbers.IsInteger(value) => Numbers.Saturate(value),
        Undefined undefined => throw undefined.Fault(),
        _ => throw TemplateFault.Runtime("slice indices must be integers or None"),
    };
}

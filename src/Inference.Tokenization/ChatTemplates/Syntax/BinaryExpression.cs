using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class BinaryExpression(BinaryOperator op, Expression left, Expression right) : Expression
{
    public override object? Evaluate(RenderContext context) =>
        Arithmetic.Apply(context, op, context.Evaluate(left), context.Evaluate(right));
}

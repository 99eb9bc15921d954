using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>and</c> and <c>or</c>, which give an operand, not a boolean.</summary>
internal sealed class LogicalExpression(bool isAnd, Expression left, Expression right) : Expression
{
    public override object? Evaluate(RenderContext context)
    {
        var value = context.Evaluate(left);
        return Truth.Of(value) == isAnd ? context.Evaluate(right) : value;
    }
}

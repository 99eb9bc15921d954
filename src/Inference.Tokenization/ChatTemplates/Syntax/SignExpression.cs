using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>Unary minus and plus.</summary>
internal sealed class SignExpression(bool negates, Expression operand) : Expression
{
    public override object? Evaluate(RenderContext context) => Arithmetic.Sign(negates, context.Evaluate(operand));
}

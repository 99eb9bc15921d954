using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class NotExpression(Expression operand) : Expression
{
    public override object? Evaluate(RenderContext context) => !Truth.Of(context.Evaluate(operand));
}

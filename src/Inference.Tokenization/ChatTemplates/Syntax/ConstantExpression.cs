using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class ConstantExpression(object? value) : Expression
{
    public override object? Evaluate(RenderContext context) => value;
}

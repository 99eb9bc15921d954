using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class ListExpression(IReadOnlyList<Expression> items) : Expression
{
    public override object? Evaluate(RenderContext context) => new ListValue(context.EvaluateAll(items));
}

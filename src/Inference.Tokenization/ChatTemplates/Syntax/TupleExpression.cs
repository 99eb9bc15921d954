using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class TupleExpression(IReadOnlyList<Expression> items) : Expression
{
    public override object? Evaluate(RenderContext context) => new TupleValue(context.EvaluateAll(items));
}

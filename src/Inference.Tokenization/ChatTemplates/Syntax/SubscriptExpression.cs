using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>value[index]</c>: the item, then (for a string index) the attribute.</summary>
internal sealed class SubscriptExpression(Expression target, Expression index) : Expression
{
    public override object? Evaluate(RenderContext context) =>
        Members.GetItem(context, context.Evaluate(target), context.Evaluate(index));
}

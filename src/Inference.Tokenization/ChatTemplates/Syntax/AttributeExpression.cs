using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>value.name</c>: the attribute or method, then the item.</summary>
internal sealed class AttributeExpression(Expression target, string name) : Expression
{
    public override object? Evaluate(RenderContext context) => Members.GetAttribute(context.Evaluate(target), name);
}

using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>value | filter</c></summary>
internal sealed class FilterExpression(Expression input, FilterCall filter) : Expression
{
    public override object? Evaluate(RenderContext context) => filter.Apply(context, context.Evaluate(input));
}

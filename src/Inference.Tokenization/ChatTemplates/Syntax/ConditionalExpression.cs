using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>value if test else otherwise</c>; undefined when the test fails and there is no else.</summary>
internal sealed class ConditionalExpression(Expression test, Expression value, Expression? otherwise) : Expression
{
    public override object? Evaluate(RenderContext context) =>
        Truth.Of(context.Evaluate(test)) ? context.Evaluate(value)
        : otherwise is not null ? context.Evaluate(otherwise)
        : new Undefined("the inline if-expression evaluated to false and no else section was defined");
}

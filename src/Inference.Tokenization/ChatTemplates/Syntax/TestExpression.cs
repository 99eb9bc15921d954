using Inference.Tokenization.ChatTemplates.Values;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>value is test</c></summary>
internal sealed class TestExpression(Expression input, string name, Builtin? test, ArgumentList arguments) : Expression
{
    public override object? Evaluate(RenderContext context) => test is not null
        ? test.Apply(context, context.Evaluate(input), arguments.Evaluate(context))
        : throw TemplateFault.Syntax(context.Line, $"no test named '{name}'");
}

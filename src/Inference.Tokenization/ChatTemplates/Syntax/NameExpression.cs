using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class NameExpression(string name) : Expression
{
    public override object? Evaluate(RenderContext context) =>
        context.Scope.TryGet(name, out var value) ? value : new Undefined($"'{name}' is undefined");
}

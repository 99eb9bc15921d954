using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>A filter by name with its arguments. An unknown name fails when it is reached, as in Jinja2 inside a branch.</summary>
internal sealed class FilterCall(string name, Builtin? filter, ArgumentList arguments)
{
    public object? Apply(RenderContext context, object? input) => filter is not null
        ? filter.Apply(context, input, arguments.Evaluate(context))
        : throw TemplateFault.Syntax(context.Line, $"no filter named '{name}'");
}

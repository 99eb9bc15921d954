using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class CallExpression(Expression callee, ArgumentList arguments) : Expression
{
    public override object? Evaluate(RenderContext context) => Call(context, caller: null);

    /// <summary>Calls with a call block's body as the keyword <c>caller</c>.</summary>
    public object? Call(RenderContext context, MacroValue? caller)
    {
        var function = context.Evaluate(callee);
        var values = arguments.Evaluate(context);
        return function switch
        {
            Callable callable => callable.Call(context, caller is null ? values : values.With("caller", caller)),
            Undefined undefined => throw undefined.Fault(),
            _ => throw TemplateFault.Runtime($"'{TypeName.Of(function)}' object is not callable"),
        };
    }
}

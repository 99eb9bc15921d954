using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% call(parameters) macro(arguments) %} … {% endcall %}</c></summary>
internal sealed class CallBlockStatement : Statement
{
    private readonly CallExpression _call;
    private readonly MacroDefinition _body;

    public CallBlockStatement(CallExpression call, MacroDefinition body, int line)
    {
        _call = call;
        _body = body;
        Line = line;
    }

    public override Flow Execute(RenderContext context)
    {
        context.Write(Text.Of(context, _call.Call(context, new MacroValue(_body, context.Scope))));
        return Flow.Next;
    }
}

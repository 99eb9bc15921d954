using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% macro name(parameters) %} … {% endmacro %}</c></summary>
internal sealed class MacroStatement(MacroDefinition definition) : Statement
{
    public override Flow Execute(RenderContext context)
    {
        context.Scope.Set(definition.Name, new MacroValue(definition, context.Scope));
        return Flow.Next;
    }
}

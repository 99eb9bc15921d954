using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% set target = value %}</c></summary>
internal sealed class SetStatement : Statement
{
    private readonly AssignmentTarget _target;
    private readonly Expression _value;

    public SetStatement(AssignmentTarget target, Expression value, int line)
    {
        _target = target;
        _value = value;
        Line = line;
    }

    public override Flow Execute(RenderContext context)
    {
        _target.Assign(context, context.Evaluate(_value));
        return Flow.Next;
    }
}

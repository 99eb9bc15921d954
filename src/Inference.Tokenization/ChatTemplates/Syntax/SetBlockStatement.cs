using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% set target | filter %} … {% endset %}</c></summary>
internal sealed class SetBlockStatement : Statement
{
    private readonly AssignmentTarget _target;
    private readonly IReadOnlyList<FilterCall> _filters;
    private readonly IReadOnlyList<Statement> _body;

    public SetBlockStatement(AssignmentTarget target, IReadOnlyList<FilterCall> filters, IReadOnlyList<Statement> body, int line)
    {
        _target = target;
        _filters = filters;
        _body = body;
        Line = line;
    }

    public override Flow Execute(RenderContext context)
    {
        object? value = context.Capture(_body, new Scope(context.Scope), out var flow);
        if (flow == Flow.Next)
        {
            foreach (var filter in _filters)
            {
                value = filter.Apply(context, value);
            }

            _target.Assign(context, value);
        }

        return flow;
    }
}

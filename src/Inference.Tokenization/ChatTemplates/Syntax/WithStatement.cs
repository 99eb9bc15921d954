using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% with a = 1, b = 2 %} … {% endwith %}</c>; the values do not see each other.</summary>
internal sealed class WithStatement : Statement
{
    private readonly IReadOnlyList<KeyValuePair<AssignmentTarget, Expression>> _assignments;
    private readonly IReadOnlyList<Statement> _body;

    public WithStatement(IReadOnlyList<KeyValuePair<AssignmentTarget, Expression>> assignments, IReadOnlyList<Statement> body, int line)
    {
        _assignments = assignments;
        _body = body;
        Line = line;
    }

    public override Flow Execute(RenderContext context)
    {
        var outer = context.Scope;
        var inner = new Scope(outer);
        foreach (var (target, expression) in _assignments)
        {
            var value = context.Evaluate(expression);
            context.Scope = inner;
            target.Assign(context, value);
            context.Scope = outer;
        }

        context.Scope = inner;
        var flow = context.Execute(_body);
        context.Scope = outer;
        return flow;
    }
}

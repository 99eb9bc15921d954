using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% filter name %} … {% endfilter %}</c></summary>
internal sealed class FilterBlockStatement : Statement
{
    private readonly IReadOnlyList<FilterCall> _filters;
    private readonly IReadOnlyList<Statement> _body;

    public FilterBlockStatement(IReadOnlyList<FilterCall> filters, IReadOnlyList<Statement> body, int line)
    {
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

            context.Write(Text.Of(context, value));
        }

        return flow;
    }
}

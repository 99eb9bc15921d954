using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% for target in items if filter recursive %} … {% else %} … {% endfor %}</c>; every turn has a fresh scope.</summary>
internal sealed class ForStatement(
    AssignmentTarget target,
    Expression items,
    Expression? filter,
    IReadOnlyList<Statement> body,
    IReadOnlyList<Statement> otherwise) : Statement
{
    public bool IsRecursive { get; init; }

    public override Flow Execute(RenderContext context) => Run(context, context.Evaluate(items), depth: 0);

    /// <summary>Runs a turn of the loop for every item; a recursive loop runs itself again, one deeper, for <c>loop(items)</c>.</summary>
    public Flow Run(RenderContext context, object? iterable, int depth)
    {
        var outer = context.Scope;
        var source = Iteration.Enumerate(context, iterable);
        if (filter is not null)
        {
            source = Filtered(context, source, outer, filter);
        }

        using var enumerator = source.GetEnumerator();
        var loop = new LoopValue(context, enumerator, depth, IsRecursive ? this : null, outer);
        var flow = Flow.Next;
        var completed = false; // as in Jinja2, a loop none of whose turns reached its end counts as empty
        while (flow != Flow.Break && loop.MoveNext())
        {
            context.Scope = new Scope(outer);
            context.Scope.Set("loop", loop);
            target.Assign(context, loop.Current);
            flow = context.Execute(body);
            completed |= flow == Flow.Next;
        }

        context.Scope = outer;
        return completed ? Flow.Next : context.ExecuteScoped(otherwise);
    }

    private IEnumerable<object?> Filtered(RenderContext context, IEnumerable<object?> source, Scope outer, Expression condition)
    {
        foreach (var item in source)
        {
            var interrupted = context.Scope;
            context.Scope = new Scope(outer);
            target.Assign(context, item);
            var isKept = Truth.Of(context.Evaluate(condition));
            context.Scope = interrupted;
            if (isKept)
            {
                yield return item;
            }
        }
    }
}

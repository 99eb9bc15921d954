using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>A chain such as <c>a &lt; b &lt;= c</c>: an operand is evaluated at most once, and not after a link that failed.</summary>
internal sealed class ComparisonExpression(Expression first, IReadOnlyList<ComparisonLink> links) : Expression
{
    public override object? Evaluate(RenderContext context)
    {
        var left = context.Evaluate(first);
        foreach (var link in links)
        {
            var right = context.Evaluate(link.Operand);
            if (!Comparison.Holds(context, link.Operator, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}

using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% print a, b %}</c></summary>
internal sealed class PrintStatement : Statement
{
    private readonly IReadOnlyList<Expression> _values;

    public PrintStatement(IReadOnlyList<Expression> values, int line)
    {
        _values = values;
        Line = line;
    }

    public override Flow Execute(RenderContext context)
    {
        foreach (var value in _values)
        {
            context.Write(Text.Of(context, context.Evaluate(value)));
        }

        return Flow.Next;
    }
}

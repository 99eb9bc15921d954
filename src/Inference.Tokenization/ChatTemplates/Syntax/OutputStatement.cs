using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{{ value }}</c></summary>
internal sealed class OutputStatement : Statement
{
    private readonly Expression _value;

    public OutputStatement(Expression value, int line)
    {
        _value = value;
        Line = line;
    }

    public override Flow Execute(RenderContext context)
    {
        context.Write(Text.Of(context, context.Evaluate(_value)));
        return Flow.Next;
    }
}

using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>Text outside of tags.</summary>
internal sealed class TextStatement(string text) : Statement
{
    public override Flow Execute(RenderContext context)
    {
        context.Write(text);
        return Flow.Next;
    }
}

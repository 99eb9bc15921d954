using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% break %}</c> and <c>{% continue %}</c></summary>
internal sealed class LoopControlStatement(Flow flow) : Statement
{
    public override Flow Execute(RenderContext context) => flow;
}

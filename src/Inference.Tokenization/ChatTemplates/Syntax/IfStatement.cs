using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% if %}</c>; its bodies share the surrounding scope.</summary>
internal sealed class IfStatement(IReadOnlyList<IfBranch> branches, IReadOnlyList<Statement> otherwise) : Statement
{
    public override Flow Execute(RenderContext context)
    {
        foreach (var branch in branches)
        {
            context.Line = branch.Line;
            if (Truth.Of(context.Evaluate(branch.Test)))
            {
                return context.Execute(branch.Body);
            }
        }

        return context.Execute(otherwise);
    }
}

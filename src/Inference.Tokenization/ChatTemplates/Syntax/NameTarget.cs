using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class NameTarget(string name) : AssignmentTarget
{
    public override void Assign(RenderContext context, object? value) => context.Scope.Set(name, value);
}

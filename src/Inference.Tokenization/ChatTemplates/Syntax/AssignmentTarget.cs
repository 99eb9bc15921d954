using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>What can be assigned to; it assigns in the context's scope.</summary>
internal abstract class AssignmentTarget
{
    public abstract void Assign(RenderContext context, object? value);
}

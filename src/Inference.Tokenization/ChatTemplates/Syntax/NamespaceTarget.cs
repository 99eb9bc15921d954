using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>ns.name</c>, the one mutable thing of a template.</summary>
internal sealed class NamespaceTarget(string variable, string attribute) : AssignmentTarget
{
    public override void Assign(RenderContext context, object? value)
    {
        if (!context.Scope.TryGet(variable, out var target) || target is not NamespaceValue space)
        {
            throw TemplateFault.Runtime($"cannot assign attribute on non-namespace object '{variable}'");
        }

        space.Set(attribute, value);
    }
}

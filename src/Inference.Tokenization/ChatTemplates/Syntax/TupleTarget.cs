using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>a, b</c>, which takes as many items as it has names.</summary>
internal sealed class TupleTarget(IReadOnlyList<AssignmentTarget> targets) : AssignmentTarget
{
    public override void Assign(RenderContext context, object? value)
    {
        var items = Iteration.Enumerate(context, value).Take(targets.Count + 1).ToList();
        if (items.Count != targets.Count)
        {
            throw TemplateFault.Runtime(items.Count > targets.Count
                ? $"too many values to unpack (expected {targets.Count})"
                : $"not enough values to unpack (expected {targets.Count}, got {items.Count})");
        }

        for (var i = 0; i < items.Count; i++)
        {
            targets[i].Assign(context, items[i]);
        }
    }
}

using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A value that can be called.</summary>
internal abstract class Callable : ObjectValue
{
    public abstract object? Call(RenderContext context, CallArguments arguments);
}

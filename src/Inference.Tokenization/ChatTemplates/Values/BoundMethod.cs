using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A method with its object.</summary>
internal sealed class BoundMethod(Builtin method, object self) : Callable
{
    public override string TypeName => method.TypeName;

    public override object? Call(RenderContext context, CallArguments arguments) => method.Apply(context, self, arguments);
}

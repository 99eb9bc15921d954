using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>What <c>joiner(separator)</c> gives: nothing at the first call, the separator after.</summary>
internal sealed class JoinerValue(object? separator) : Callable
{
    private bool _used;

    public override string TypeName => "Joiner";

    public override object? Call(RenderContext context, CallArguments arguments)
    {
        if (_used)
        {
            return separator;
        }

        _used = true;
        return "";
    }
}

using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A missing variable, attribute or item: empty when printed, iterated or tested, an error when used otherwise.</summary>
internal sealed class Undefined(string message)
{
    public TemplateFault Fault() => TemplateFault.Runtime(message);
}

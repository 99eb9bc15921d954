using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>The <c>attribute</c> argument of filters: <c>"function.name"</c>, <c>"choices.0"</c>, a number, or None for the item itself.</summary>
internal sealed class AttributePath
{
    private readonly IReadOnlyList<object> _parts;

    public AttributePath(object? attribute)
    {
        _parts = attribute switch
        {
            null => [],
            string path => [.. path.Split('.').Select(p => p.Length is > 0 and < 10 && p.All(char.IsAsciiDigit) ? (object)long.Parse(p, null) : p)],
            _ => [attribute],
        };
    }

    /// <param name="context">The render.</param>
    /// <param name="item">Where to start.</param>
    /// <param name="missing">What stands in for a part that is undefined; null leaves it so.</param>
    public object? Get(RenderContext context, object? item, object? missing = null)
    {
        foreach (var part in _parts)
        {
            item = Members.GetItem(context, item, part);
            item = item is Undefined && missing is not null ? missing : item;
        }

        return item;
    }
}

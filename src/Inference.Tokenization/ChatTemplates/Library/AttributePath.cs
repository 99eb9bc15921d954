using System.Globalization;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>The <c>attribute</c> of filters: <c>"function.name"</c>, <c>"choices.0"</c>, a number, or None for the item itself.</summary>
internal sealed class AttributePath
{
    private const int MaxLength = 1000;

    private readonly IReadOnlyList<object> _parts;

    public AttributePath(object? attribute)
    {
        _parts = attribute switch
        {
            null => [],
            string { Length: > MaxLength } => throw TooLong(),
            string path => [.. path.Split('.').Select(ParsePart)],
            _ => [attribute],
        };
    }

    /// <summary>The paths in a list separated by commas, as <c>sort</c> takes it.</summary>
    public static IReadOnlyList<AttributePath> ParseList(object? attributes) => attributes switch
    {
        string { Length: > MaxLength } => throw TooLong(),
        string names => [.. names.Split(',').Select(name => new AttributePath(name))],
        _ => [new AttributePath(attributes)],
    };

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

    private static TemplateFault TooLong() => TemplateFault.Limit($"an attribute of more than {MaxLength} characters");

    private static object ParsePart(string part) =>
        part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) ? long.Parse(part, CultureInfo.InvariantCulture) : part;
}

using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Filters that apply another filter or test to every item; lazy, as in Jinja2.</summary>
internal static class SelectionFilters
{
    public static IReadOnlyList<Builtin> All { get; } =
    [
        new("map", "value * **", Map),
        new("select", "value * **", a => Select(a, byAttribute: false, keeps: true)),
        new("selectattr", "value * **", a => Select(a, byAttribute: true, keeps: true)),
        new("reject", "value * **", a => Select(a, byAttribute: false, keeps: false)),
        new("rejectattr", "value * **", a => Select(a, byAttribute: true, keeps: false)),
    ];

    private static GeneratorValue Map(Arguments a)
    {
        if (!IsNonEmpty(a[0]))
        {
            return new GeneratorValue([]);
        }

        var given = new CallArguments(a.Rest, a.Keywords);
        if (a.Rest.Count == 0 && given.TryGetKeyword("attribute", out var attribute))
        {
            var path = new AttributePath(attribute);
            given.TryGetKeyword("default", out var missing);
            return new GeneratorValue(a.Items(0).Select(item => path.Get(a.Context, item, missing)));
        }

        var filter = a.Rest.Count == 0
            ? throw TemplateFault.Runtime("map requires a filter argument")
            : a.Rest[0] is string name ? Filters.Find(name) : null;
        return filter is null
            ? throw TemplateFault.Runtime($"no filter named '{Text.Of(a.Context, a.Rest[0])}'")
            : new GeneratorValue(a.Items(0).Select(item => filter.Apply(a.Context, item, given.Skip(1))));
    }

    private static GeneratorValue Select(Arguments a, bool byAttribute, bool keeps)
    {
        if (!IsNonEmpty(a[0]))
        {
            return new GeneratorValue([]);
        }

        var given = new CallArguments(a.Rest, a.Keywords);
        var path = new AttributePath(null);
        if (byAttribute)
        {
            path = a.Rest.Count > 0 ? new AttributePath(a.Rest[0]) : throw TemplateFault.Runtime("missing parameter for attribute name");
            given = given.Skip(1);
        }

        Func<object?, bool> holds = Truth.Of;
        if (given.Positional.Count > 0)
        {
            var test = (given.Positional[0] is string name ? Tests.Find(name) : null)
                ?? throw TemplateFault.Runtime($"no test named '{Text.Of(a.Context, given.Positional[0])}'");
            var arguments = given.Skip(1);
            holds = item => Truth.Of(test.Apply(a.Context, item, arguments));
        }

        return new GeneratorValue(a.Items(0).Where(item => holds(path.Get(a.Context, item)) == keeps));
    }

    /// <summary>These filters give nothing for a false value, such as None, before they would find that it cannot be iterated.</summary>
    private static bool IsNonEmpty(object? value) => Truth.Of(value);
}

using System.Collections.Frozen;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Jinja2's filters, <c>value | name</c>, with transformers' own <c>tojson</c>.</summary>
internal static class Filters
{
    private static readonly FrozenDictionary<string, Builtin> All = TextFilters.All
        .Concat(SequenceFilters.All)
        .Concat(SelectionFilters.All)
        .Concat(ValueFilters.All)
        .ToFrozenDictionary(filter => filter.Name);

    public static Builtin? Find(string name) => All.GetValueOrDefault(name);
}

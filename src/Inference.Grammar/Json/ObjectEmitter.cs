using System.Collections.Immutable;
using Inference.Grammar.Automata;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Json;

/// <summary>
/// Objects: the properties that the schema names, in its order, those that are not required left out or not; then others, if they are
/// allowed. Other names are never those that the schema names, so that each of these is there once.
/// </summary>
internal sealed class ObjectEmitter(
    AutomatonBuilder builder,
    Whitespace whitespace,
    StringEmitter strings,
    Func<Conjunction, int> ruleOf,
    Func<Conjunction, ImmutableArray<Shape>> read)
{
    /// <summary>The most patterns of names that may apply to one object: there is a kind of names for each set of them.</summary>
    private const int MaxPatterns = 6;

    public void Emit(ObjectFacet facet, int from, int to)
    {
        var names = facet.DeclaredNames.ToList();
        var required = facet.Required.ToHashSet(StringComparer.Ordinal);
        var others = OtherNames(facet, names);
        // One name could stand for several times, and would still be one property.
        if (facet.MinProperties > names.Count + Math.Min(1, others.Count))
        {
            if (others.Count == 0)
                return;
            throw SchemaDocument.Error(
                facet.MinPlace!, $"asks for {facet.MinProperties} properties, which is only supported up to one more than the schema names ({names.Count})");
        }

        var properties = names.ConvertAll(name => new DeclaredProperty(name, facet.Of(name), required.Contains(name), Allows(facet.Names, name)));
        new ObjectWalk(builder, whitespace, properties, others, facet, ruleOf).Emit(from, to);
    }

    /// <summary>For each kind of names that the schema does not name, a rule for the name, and what is demanded of the value.</summary>
    private List<(int NameRule, Conjunction Value)> OtherNames(ObjectFacet facet, List<string> declared)
    {
        var patterns = facet.Rules.SelectMany(rule => rule.Patterns).Select(pattern => pattern.Name).Distinct().ToList();
        if (patterns.Count > MaxPatterns)
            throw new ConstraintException($"{builder.Budget.Place} is too large: more than {MaxPatterns} patterns of names apply to one object.");

        var found = new List<(int, Conjunction)>();
        var undeclared = declared.Count == 0 ? null : CharAutomaton.OfLiterals(declared, builder.Budget).Complement(builder.Budget);
        for (var set = 0; set < 1 << patterns.Count; set++)
        {
            var matching = patterns.Where((_, i) => (set & (1 << i)) != 0).ToHashSet();
            var value = Conjunction.Of(facet.Rules.Select(rule => OfOther(rule, matching)));
            if (value.IsNothing)
                continue;
            var text = patterns.Aggregate(undeclared, (text, pattern) =>
                And(text, matching.Contains(pattern) ? pattern : pattern.Complement(builder.Budget)));
            if (facet.Names.IsAnything)
            {
                AddNames(text, value, found);
                continue;
            }

            foreach (var shape in read(facet.Names))
            {
                if (shape.String is { } name)
                    AddNames(name.IsAnything ? text : And(text, strings.Automaton(name)), value, found);
            }
        }

        return found;
    }

    private void AddNames(CharAutomaton? text, Conjunction value, List<(int, Conjunction)> found)
    {
        if (text is { IsEmpty: true })
            return;
        var rule = builder.NewRule("a name");
        if (text is null)
            strings.Emit(StringFacet.Anything, builder.StartOf(rule), builder.EndOf(rule));
        else
            strings.EmitText(text, builder.StartOf(rule), builder.EndOf(rule));
        found.Add((rule, value));
    }

    private static Conjunction OfOther(ObjectRule rule, HashSet<CharAutomaton> matching) =>
        Conjunction.Of(rule.Patterns.Where(pattern => matching.Contains(pattern.Name)).Select(pattern => pattern.Value).DefaultIfEmpty(rule.Others));

    private CharAutomaton? And(CharAutomaton? a, CharAutomaton b) => a?.Intersect(b, builder.Budget) ?? b;

    private bool Allows(Conjunction names, string name) => names.IsAnything || read(names).Any(shape => shape.String?.Allows(name) == true);
}

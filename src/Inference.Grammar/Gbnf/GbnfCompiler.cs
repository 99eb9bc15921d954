using System.Text;
using Inference.Grammar.Automata;

namespace Inference.Grammar.Gbnf;

/// <summary>From GBNF to rules of an automaton.</summary>
internal sealed class GbnfCompiler
{
    private readonly AutomatonBuilder _builder;
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);

    private GbnfCompiler(AutomatonBuilder builder) => _builder = builder;

    /// <summary>Adds the rules of a grammar; returns that of the rule named root.</summary>
    /// <exception cref="ConstraintException">The grammar is malformed or too large; names the line or the rule.</exception>
    public static int Compile(string source, AutomatonBuilder builder)
    {
        var rules = GbnfParser.Parse(source);
        var compiler = new GbnfCompiler(builder);
        foreach (var (name, _) in rules)
            compiler._rules[name] = builder.NewRule(name);
        foreach (var (name, body) in rules)
        {
            var rule = compiler._rules[name];
            builder.AddEmpty(compiler.Emit(WithoutLeftRecursion(name, body), builder.StartOf(rule)), builder.EndOf(rule));
        }

        return compiler._rules.TryGetValue("root", out var root) ? root : throw new ConstraintException("The grammar has no rule named root.");
    }

    /// <summary><c>a ::= a x | b</c> means b and any number of x. Recursion through other rules is left as it is, and refused later.</summary>
    private static GbnfNode WithoutLeftRecursion(string name, GbnfNode body)
    {
        IReadOnlyList<GbnfNode> alternatives = body is GbnfNode.Alternatives(var items) ? items : [body];
        var others = alternatives.Where(item => !BeginsWith(item, name)).ToList();
        if (others.Count == alternatives.Count)
            return body;
        var tails = alternatives.OfType<GbnfNode.Sequence>().Where(item => BeginsWith(item, name)).Select(item => (GbnfNode)new GbnfNode.Sequence([.. item.Items.Skip(1)]));
        return new GbnfNode.Sequence([new GbnfNode.Alternatives(others), new GbnfNode.Repeat(new GbnfNode.Alternatives([.. tails]), 0, null)]);
    }

    private static bool BeginsWith(GbnfNode node, string name) =>
        node is GbnfNode.Call(var rule) ? rule == name : node is GbnfNode.Sequence { Items: [GbnfNode.Call(var first), ..] } && first == name;

    /// <summary>Adds what a node stands for; returns the state after it.</summary>
    private int Emit(GbnfNode node, int from)
    {
        switch (node)
        {
            case GbnfNode.Literal(var text):
                return _builder.Literal(from, Encoding.UTF8.GetBytes(text));
            case GbnfNode.Character(var set):
                var next = _builder.NewState();
                _builder.AddCharacters(from, set, TextEncoding.Plain, next);
                return next;
            case GbnfNode.Call(var name):
                return _rules.TryGetValue(name, out var rule) ? _builder.Call(from, rule) : throw new ConstraintException($"The grammar uses the rule {name}, which it does not define.");
            case GbnfNode.Sequence(var items):
                return items.Aggregate(from, (at, item) => Emit(item, at));
            case GbnfNode.Alternatives(var items):
                return EmitAlternatives(items, from);
            case GbnfNode.Repeat(var item, var min, var max):
                return EmitRepeat(item, min, max, from);
            default:
                throw new InvalidOperationException($"A grammar holds {node}.");
        }
    }

    private int EmitAlternatives(IReadOnlyList<GbnfNode> items, int from)
    {
        var end = _builder.NewState();
        foreach (var item in items)
        {
            var start = _builder.NewState();
            _builder.AddEmpty(from, start);
            _builder.AddEmpty(Emit(item, start), end);
        }

        return end;
    }

    /// <summary>What is repeated becomes a rule, so that it is there once, however often it is repeated.</summary>
    private int EmitRepeat(GbnfNode item, int min, int? max, int from)
    {
        var rule = _builder.NewRule("a repetition");
        _builder.AddEmpty(Emit(item, _builder.StartOf(rule)), _builder.EndOf(rule));
        for (var i = 0; i < min; i++)
            from = _builder.Call(from, rule);

        var end = _builder.NewState();
        _builder.AddEmpty(from, end);
        if (max is null)
        {
            var loop = _builder.NewState();
            _builder.AddEmpty(from, loop);
            _builder.AddCall(loop, rule, loop);
            _builder.AddEmpty(loop, end);
            return end;
        }

        for (var i = min; i < max; i++)
        {
            from = _builder.Call(from, rule);
            _builder.AddEmpty(from, end);
        }

        return end;
    }
}

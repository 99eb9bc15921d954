using System.Text;
using Inference.Grammar.Automata;

namespace Inference.Grammar.Json;

/// <summary>
/// From a schema to rules: one for each conjunction of schemas that some value must keep. Rules are filled in one after the other from a
/// list, so that no schema is too deep for the stack.
/// </summary>
internal sealed class SchemaCompiler
{
    private readonly AutomatonBuilder _builder;
    private readonly SchemaReader _reader;
    private readonly Dictionary<Conjunction, int> _rules = [];
    private readonly Queue<(Conjunction, int)> _pending = [];
    private readonly StringEmitter _strings;
    private readonly ArrayEmitter _arrays;
    private readonly ObjectEmitter _objects;
    private readonly Dictionary<NumberFacet, int> _numbers = [];

    private SchemaCompiler(SchemaReader reader, AutomatonBuilder builder)
    {
        (_reader, _builder) = (reader, builder);
        var whitespace = new Whitespace(builder);
        _strings = new StringEmitter(builder);
        _arrays = new ArrayEmitter(builder, whitespace, RuleOf, reader.Read, EmitScalars);
        _objects = new ObjectEmitter(builder, whitespace, _strings, RuleOf, reader.Read);
    }

    /// <summary>Adds the rules of a schema; returns the first.</summary>
    /// <exception cref="ConstraintException">The schema is malformed, not supported or too large.</exception>
    public static int Compile(string schema, AutomatonBuilder builder)
    {
        using var document = SchemaDocument.Parse(schema);
        var compiler = new SchemaCompiler(new SchemaReader(document, builder.Budget), builder);
        var root = compiler.EmitAll(Conjunction.Of(document.Root));
        builder.Budget.Place = "The schema";
        return root;
    }

    /// <summary>Whether there may be a value that keeps all of a conjunction: false only when there is none.</summary>
    public static bool MayHaveValue(SchemaDocument document, Conjunction conjunction, CompileBudget budget)
    {
        var alphabet = new bool[256];
        Array.Fill(alphabet, true);
        var builder = new AutomatonBuilder(budget, alphabet);
        var compiler = new SchemaCompiler(new SchemaReader(document, budget) { TrustsOneOf = true }, builder);
        return AutomatonCompiler.HasText(builder, compiler.EmitAll(conjunction));
    }

    private int EmitAll(Conjunction root)
    {
        var rule = RuleOf(root);
        while (_pending.TryDequeue(out var next))
            Emit(next.Item1, next.Item2);
        return rule;
    }

    private int RuleOf(Conjunction conjunction)
    {
        if (_rules.TryGetValue(conjunction, out var rule))
            return rule;
        _rules[conjunction] = rule = _builder.NewRule(conjunction.Place);
        _pending.Enqueue((conjunction, rule));
        return rule;
    }

    private void Emit(Conjunction conjunction, int rule)
    {
        var shapes = _reader.Read(conjunction);
        var (start, end) = (_builder.StartOf(rule), _builder.EndOf(rule));
        foreach (var shape in shapes)
        {
            _builder.Budget.Place = $"The schema at {SchemaDocument.Shorten(conjunction.Place)}";
            EmitScalars(shape, start, end);
            if (shape.Array is { } array)
                _arrays.Emit(array, start, end);
            if (shape.Object is { } @object)
                _objects.Emit(@object, start, end);
        }
    }

    private void EmitScalars(Shape shape, int start, int end)
    {
        if (shape.AllowsNull)
            Literal("null");
        if (shape.AllowsFalse)
            Literal("false");
        if (shape.AllowsTrue)
            Literal("true");
        if (shape.Number is { } number)
            _builder.AddCall(start, NumberRule(number), end);
        if (shape.String is { } text)
            _strings.Emit(text, start, end);

        void Literal(string json) => _builder.AddEmpty(_builder.Literal(start, Encoding.UTF8.GetBytes(json)), end);
    }

    private int NumberRule(NumberFacet facet)
    {
        if (_numbers.TryGetValue(facet, out var rule))
            return rule;
        _numbers[facet] = rule = _builder.NewRule("a number");
        NumberEmitter.Emit(_builder, facet, _builder.StartOf(rule), _builder.EndOf(rule));
        return rule;
    }
}

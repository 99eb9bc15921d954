using System.Buffers;
using System.Text;
using Inference.Grammar.Automata;
using Inference.Grammar.Gbnf;
using Inference.Grammar.Json;
using Inference.Grammar.Patterns;
using Inference.Grammar.Vocabulary;

namespace Inference.Grammar;

/// <summary>Compiles constraints. May take as long as the limits say: never to be called where others wait.</summary>
public static class ConstraintCompiler
{
    /// <param name="spec">What answers must look like.</param>
    /// <param name="vocabulary">The tokens that they are made of.</param>
    /// <param name="limits">How large and slow it may be.</param>
    /// <param name="time">The clock for the time limit.</param>
    /// <param name="cancellation">Stops compiling.</param>
    /// <exception cref="ConstraintException">The constraint is malformed, not supported, too large, or no answer can satisfy it.</exception>
    public static CompiledConstraint Compile(
        ConstraintSpec spec, TokenVocabulary vocabulary, ConstraintLimits limits, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(time);
        var budget = new CompileBudget(limits, time, cancellation);
        var builder = new AutomatonBuilder(budget, vocabulary.Alphabet);
        var root = Build(spec, builder);
        var compiled = new CompiledConstraint(AutomatonCompiler.Compile(builder, root), vocabulary, limits.MaxDepth);
        // The first mask is the one that every answer needs: found here, where nobody waits.
        if (compiled.MaskOf(compiled.Start).Count == 0 && !compiled.Start.IsComplete)
            throw new ConstraintException($"{budget.Place} allows no answer that the model's tokens can spell.");
        return compiled;
    }

    private static int Build(ConstraintSpec spec, AutomatonBuilder builder)
    {
        var budget = builder.Budget;
        switch (spec)
        {
            case ConstraintSpec.JsonObject:
                return SchemaCompiler.Compile("""{"type": "object"}""", builder);
            case ConstraintSpec.JsonSchema(var schema):
                budget.Place = "The schema";
                CheckLength(schema.Length, budget);
                CheckUnicode(schema, budget);
                return SchemaCompiler.Compile(schema, builder);
            case ConstraintSpec.Regex(var pattern):
                budget.Place = "The regular expression";
                CheckLength(pattern.Length, budget);
                CheckUnicode(pattern, budget);
                return Text(RegexCompiler.WholeMatch(pattern, budget), builder);
            case ConstraintSpec.Choice(var choices):
                budget.Place = "The choice";
                if (choices.IsDefaultOrEmpty)
                    throw new ConstraintException("The choice has nothing to choose from.");
                CheckLength(choices.Sum(choice => (long)choice.Length), budget);
                foreach (var choice in choices)
                    CheckUnicode(choice, budget);
                return Text(CharAutomaton.OfLiterals(choices, budget), builder);
            case ConstraintSpec.ContextFree(var source):
                budget.Place = "The grammar";
                CheckLength(source.Length, budget);
                CheckUnicode(source, budget);
                return GbnfCompiler.Compile(source, builder);
            default:
                throw new ArgumentException($"Unknown constraint {spec}.", nameof(spec));
        }
    }

    private static int Text(CharAutomaton text, AutomatonBuilder builder)
    {
        var rule = builder.NewRule("root");
        builder.AddText(builder.StartOf(rule), text, TextEncoding.Plain, builder.EndOf(rule));
        return rule;
    }

    private static void CheckLength(long length, CompileBudget budget)
    {
        if (length > budget.Limits.MaxSourceLength)
            throw new ConstraintException($"{budget.Place} is too long: {length} characters, at most {budget.Limits.MaxSourceLength} are allowed.");
    }

    private static void CheckUnicode(string text, CompileBudget budget)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != OperationStatus.Done)
                throw new ConstraintException($"{budget.Place} holds half a surrogate pair.");
            rest = rest[consumed..];
        }
    }
}

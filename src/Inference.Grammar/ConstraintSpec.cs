using System.Collections.Immutable;

namespace Inference.Grammar;

/// <summary>What an answer must look like. Equal specifications are equal values, so that they can be keys of a cache.</summary>
public abstract record ConstraintSpec
{
    private ConstraintSpec()
    {
    }

    /// <summary>Any JSON object.</summary>
    public sealed record JsonObject : ConstraintSpec;

    /// <summary>A JSON text that a schema accepts.</summary>
    /// <param name="Schema">A JSON Schema (draft 2020-12), as JSON text.</param>
    public sealed record JsonSchema(string Schema) : ConstraintSpec;

    /// <summary>A text that a regular expression matches as a whole.</summary>
    /// <param name="Pattern">An ECMAScript pattern without look-around, back-references and word boundaries.</param>
    public sealed record Regex(string Pattern) : ConstraintSpec;

    /// <summary>One of several texts.</summary>
    /// <param name="Choices">At least one.</param>
    public sealed record Choice(ImmutableArray<string> Choices) : ConstraintSpec
    {
        /// <inheritdoc/>
        public bool Equals(Choice? other) => other is not null && Choices.AsSpan().SequenceEqual(other.Choices.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var choice in Choices)
                hash.Add(choice, StringComparer.Ordinal);
            return hash.ToHashCode();
        }
    }

    /// <summary>A text of a context-free grammar's language.</summary>
    /// <param name="Source">GBNF, the notation of llama.cpp; the rule <c>root</c> is where it starts.</param>
    public sealed record ContextFree(string Source) : ConstraintSpec;
}

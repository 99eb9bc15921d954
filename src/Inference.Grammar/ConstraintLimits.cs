namespace Inference.Grammar;

/// <summary>How large and how slow to compile a constraint may be.</summary>
public sealed record ConstraintLimits
{
    /// <summary>The limits for constraints that clients send.</summary>
    public static ConstraintLimits Default { get; } = new();

    /// <summary>The most characters of a schema, a pattern, a grammar, or all choices together. At least 1.</summary>
    public int MaxSourceLength { get; init; } = 2 << 20;

    /// <summary>The most states of one automaton. At least 1.</summary>
    public int MaxStates { get; init; } = 400_000;

    /// <summary>How long compiling may take. More than 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How deep an answer may nest: rules within rules, about two to a JSON object or array. At least 1, at most 1000.</summary>
    public int MaxDepth { get; init; } = 256;
}

namespace Inference.Benchmarks.Grammar;

/// <summary>What answers must look like.</summary>
public enum ConstraintKind
{
    /// <summary>A JSON object of five properties, with bounds, lengths and a format.</summary>
    Schema,

    /// <summary>Any JSON object.</summary>
    AnyJson,

    /// <summary>Words.</summary>
    Regex,

    /// <summary>Sums and products, recursive.</summary>
    Grammar,
}

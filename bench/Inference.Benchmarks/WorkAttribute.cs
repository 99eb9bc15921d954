namespace Inference.Benchmarks;

/// <summary>How much one operation of a benchmark does, so that <see cref="RateColumn"/> can show it per second.</summary>
/// <param name="amount">In units.</param>
/// <param name="unit">For example <c>GB</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WorkAttribute(double amount, string unit) : Attribute
{
    public double Amount { get; } = amount;

    public string Unit { get; } = unit;

    /// <summary>An integer parameter of the benchmark that multiplies the amount; null for none.</summary>
    public string? Times { get; init; }
}

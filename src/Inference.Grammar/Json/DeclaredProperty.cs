namespace Inference.Grammar.Json;

/// <summary>A property that a schema names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What is demanded of its value.</param>
/// <param name="IsRequired">Whether it must be there.</param>
/// <param name="IsNameAllowed">Whether it may be there, as far as its name goes.</param>
internal sealed record DeclaredProperty(string Name, Conjunction Value, bool IsRequired, bool IsNameAllowed)
{
    public bool IsAllowed => IsNameAllowed && !Value.IsNothing;
}

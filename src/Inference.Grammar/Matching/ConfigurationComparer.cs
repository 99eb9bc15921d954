using System.Runtime.CompilerServices;

namespace Inference.Grammar.Matching;

/// <summary>Configurations are equal when they have the same states with the same stacks, and are both complete or not.</summary>
internal sealed class ConfigurationComparer : IEqualityComparer<Configuration>
{
    public static ConfigurationComparer Instance { get; } = new();

    public bool Equals(Configuration? a, Configuration? b)
    {
        if (ReferenceEquals(a, b))
            return true;
        if (a is null || b is null || a.IsComplete != b.IsComplete || !a.States.AsSpan().SequenceEqual(b.States))
            return false;
        for (var i = 0; i < a.Stacks.Length; i++)
        {
            if (!ReferenceEquals(a.Stacks[i], b.Stacks[i]))
                return false;
        }

        return true;
    }

    public int GetHashCode(Configuration configuration)
    {
        var hash = new HashCode();
        hash.Add(configuration.IsComplete);
        for (var i = 0; i < configuration.States.Length; i++)
        {
            hash.Add(configuration.States[i]);
            hash.Add(RuntimeHelpers.GetHashCode(configuration.Stacks[i]));
        }

        return hash.ToHashCode();
    }
}

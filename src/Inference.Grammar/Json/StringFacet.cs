using System.Collections.Immutable;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Json;

/// <summary>What a schema demands of strings. Immutable.</summary>
internal sealed record StringFacet
{
    public static StringFacet Anything { get; } = new();

    /// <summary>In characters.</summary>
    public int MinLength { get; init; }

    /// <summary>In characters; null: any length.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Every one accepts the string.</summary>
    public ImmutableArray<CharAutomaton> Patterns { get; init; } = [];

    /// <summary>The only strings allowed; null: any.</summary>
    public ImmutableArray<string>? Values { get; init; }

    public bool IsAnything => this is { MinLength: 0, MaxLength: null, Patterns.IsEmpty: true, Values: null };

    /// <summary>What both allow; null: nothing.</summary>
    public StringFacet? Intersect(StringFacet other)
    {
        if (other.IsAnything)
            return this;
        if (IsAnything)
            return other;
        var both = new StringFacet
        {
            MinLength = Math.Max(MinLength, other.MinLength),
            MaxLength = MaxLength is { } a && other.MaxLength is { } b ? Math.Min(a, b) : MaxLength ?? other.MaxLength,
            Patterns = [.. Patterns, .. other.Patterns],
        };
        if ((Values ?? other.Values) is not { } values)
            return both;

        var others = Values is null ? null : other.Values?.ToHashSet(StringComparer.Ordinal);
        var allowed = (ImmutableArray<string>)[.. values.Where(value => (others?.Contains(value) ?? true) && both.Allows(value))];
        return allowed.IsEmpty ? null : both with { Values = allowed };
    }

    /// <summary>Whether a string is as demanded.</summary>
    public bool Allows(string value)
    {
        var length = value.EnumerateRunes().Count();
        return length >= MinLength
            && !(length > MaxLength)
            && (Values is not { } values || values.Contains(value, StringComparer.Ordinal))
            && Patterns.All(pattern => pattern.Accepts(value));
    }
}

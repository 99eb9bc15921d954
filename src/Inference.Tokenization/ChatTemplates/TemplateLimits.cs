namespace Inference.Tokenization.ChatTemplates;

/// <summary>Bounds on what a template may cost, so that no template or input can exhaust time, memory or stack.</summary>
internal sealed record TemplateLimits
{
    public static TemplateLimits Default { get; } = new();

    /// <summary>Template source, in UTF-16 characters.</summary>
    public int MaxSourceLength { get; init; } = 1 << 20;

    /// <summary>Nesting of tags and expressions in the source.</summary>
    public int MaxNesting { get; init; } = 100;

    /// <summary>Nodes evaluated plus items visited plus characters made / <see cref="CharactersPerStep"/>.</summary>
    public long MaxSteps { get; init; } = 5_000_000;

    /// <summary>Output, and any one string, in UTF-16 characters.</summary>
    public int MaxTextLength { get; init; } = 16 << 20;

    /// <summary>Nested evaluations: expressions, statements and macro calls together.</summary>
    public int MaxDepth { get; init; } = 1000;

    /// <summary>Items of a range(), as in Jinja2's sandbox.</summary>
    public int MaxRange { get; init; } = 100_000;

    /// <summary>Bits of an integer.</summary>
    public int MaxIntegerBits { get; init; } = 4096;

    /// <summary>Characters that count as one step: string work is memory-bound, far cheaper a character than a node.</summary>
    public int CharactersPerStep { get; init; } = 32;
}

namespace Inference.Benchmarks.Sampling;

/// <summary>How a row's probability is spread.</summary>
public enum LogitsKind
{
    /// <summary>As a language model's: most of it on a few dozen tokens.</summary>
    Peaked,

    /// <summary>Over most of the vocabulary: the worst case of a nucleus.</summary>
    Flat,
}

namespace Inference.Execution.Embeddings;

/// <summary>How the vectors of a text's tokens become one, as sentence-transformers names it.</summary>
public enum Pooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum over the square root of their number.</summary>
    MeanSqrtLength,

    /// <summary>Their mean, where the second counts twice, the third three times, and so on.</summary>
    WeightedMean,

    /// <summary>The largest of each dimension.</summary>
    Max,

    /// <summary>The first token's.</summary>
    FirstToken,

    /// <summary>The last token's.</summary>
    LastToken,
}

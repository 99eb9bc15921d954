namespace Inference.Models;

/// <summary>RMS norms of queries and keys before they turn.</summary>
public enum QkNorm
{
    /// <summary>None.</summary>
    None,

    /// <summary>Each head by itself, all with the same weights, [head size].</summary>
    PerHead,

    /// <summary>All heads of a token together; weights [heads * head size].</summary>
    AllHeads,
}

namespace Inference.Execution.Cpu.Int8;

/// <summary>The scores of some rows over one chunk of keys, and where their results go. Neighbouring rows are heads of one token.</summary>
internal unsafe struct ScoreRows
{
    /// <summary>Rows of <see cref="AttentionWork.KeysPerChunk"/> scores; they become weights.</summary>
    public int* FirstScores;

    /// <summary>[rows]: what makes score * key scale the exponent of a power of two; 0 or more.</summary>
    public float* Factors;

    /// <summary>Rows of <see cref="ResultSize"/>: a header, then the values.</summary>
    public float* FirstResult;

    public int ResultSize;

    /// <summary>How many rows.</summary>
    public int Count;

    /// <summary>Rows of a token.</summary>
    public int GroupSize;

    /// <summary>Keys of the chunk up to the first row's token; 0 or less if all come after it.</summary>
    public int FirstKeys;

    /// <summary>Keys in the chunk.</summary>
    public int ChunkKeys;

    public readonly int* Scores(int row) => FirstScores + row * AttentionWork.KeysPerChunk;

    public readonly float* Result(int row) => FirstResult + row * ResultSize;

    /// <summary>Keys of the chunk that count for a row.</summary>
    public readonly int Keys(int row) => Math.Clamp(FirstKeys + row / GroupSize, 0, ChunkKeys);
}

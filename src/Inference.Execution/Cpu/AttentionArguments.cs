namespace Inference.Execution.Cpu;

/// <summary>
/// Everything that a paged attention node reads and writes, as pointers and sizes. All tensors are row-major float32 unless said
/// otherwise.
/// </summary>
internal unsafe struct AttentionArguments
{
    /// <summary>[tokens, (heads + 2 * kv heads) * head size]: queries, keys and values of a token side by side.</summary>
    public float* Qkv;

    /// <summary>
    /// [blocks, kv heads, head size, block size]: a block's keys lie side by side, so that scores need no horizontal sum.
    /// </summary>
    public float* KeyCache;

    /// <summary>[blocks, kv heads, block size, head size].</summary>
    public float* ValueCache;

    /// <summary>The step's sequences and the cache's geometry.</summary>
    public PagedSequences Sequences;

    /// <summary>[positions, head size / 2].</summary>
    public float* Cos;

    /// <summary>[positions, head size / 2].</summary>
    public float* Sin;

    /// <summary>[tokens, heads * head size].</summary>
    public float* Output;

    public int Heads;
    public int KvHeads;
    public int HeadSize;
    public ScoreRules Rules;

    /// <summary>[heads], of linear biases; null for none.</summary>
    public float* Slopes;

    /// <summary>[heads]: a score that takes part in each softmax without a value; null for none.</summary>
    public float* Sinks;

    /// <summary>Query heads that share a key and value head.</summary>
    public readonly int GroupSize => Heads / KvHeads;

    /// <summary>Floats from one token's row in <see cref="Qkv"/> to the next.</summary>
    public readonly int QkvStride => (Heads + 2 * KvHeads) * HeadSize;

    /// <summary>A query head of a packed token.</summary>
    public readonly float* Query(int token, int head) => Qkv + (long)token * QkvStride + head * HeadSize;

    /// <summary>A key head of a packed token.</summary>
    public readonly float* Key(int token, int kvHead) => Query(token, Heads + kvHead);

    /// <summary>A value head of a packed token.</summary>
    public readonly float* Value(int token, int kvHead) => Query(token, Heads + KvHeads + kvHead);

    /// <summary>The cached keys of a block: [head size, block size].</summary>
    public readonly float* KeyBlock(int block, int kvHead) => KeyCache + ((long)block * KvHeads + kvHead) * HeadSize * Sequences.BlockSize;

    /// <summary>The cached values of a block: [block size, head size].</summary>
    public readonly float* ValueBlock(int block, int kvHead) =>
        ValueCache + ((long)block * KvHeads + kvHead) * Sequences.BlockSize * HeadSize;
}

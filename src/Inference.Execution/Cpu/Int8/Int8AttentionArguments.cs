using System.Runtime.Intrinsics.X86;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Everything that a paged attention node in int8 reads and writes, as pointers and sizes. All tensors are row-major.</summary>
internal unsafe struct Int8AttentionArguments
{
    /// <summary>
    /// int32 [tokens, (heads + 2 * kv heads) * head size]: queries, keys and values of a token side by side, as accumulators. Null, and
    /// the scales with it, where they come as <see cref="FloatQkv"/>.
    /// </summary>
    public int* Qkv;

    /// <summary>float32 [tokens, (heads + 2 * kv heads) * head size], instead of <see cref="Qkv"/>.</summary>
    public float* FloatQkv;

    /// <summary>float32 [tokens].</summary>
    public float* RowScales;

    /// <summary>float32 [(heads + 2 * kv heads) * head size].</summary>
    public float* ColumnScales;

    /// <summary>uint8 [blocks, kv heads, head size / 4, block size, 4], with 128 for 0.</summary>
    public byte* KeyCache;

    /// <summary>int8 [blocks, kv heads, block size / 4, head size, 4]: four rows of a block interleaved.</summary>
    public sbyte* ValueCache;

    /// <summary>float32 [blocks, kv heads, block size].</summary>
    public float* KeyScales;

    /// <summary>float32 [blocks, kv heads, block size].</summary>
    public float* ValueScales;

    /// <summary>The step's sequences and the cache's geometry.</summary>
    public PagedSequences Sequences;

    /// <summary>float32 [positions, head size / 2].</summary>
    public float* Cos;

    /// <summary>float32 [positions, head size / 2].</summary>
    public float* Sin;

    /// <summary>float32 [tokens, heads * head size]: the rows before they are quantised.</summary>
    public float* Attended;

    /// <summary>uint8 [tokens, heads * head size]; null, and the scales with it, where floats are all that is wanted.</summary>
    public byte* Output;

    /// <summary>float32 [tokens].</summary>
    public float* OutputScales;

    public int Heads;
    public int KvHeads;
    public int HeadSize;
    public float Scale;

    /// <summary>Query heads that share a key and value head.</summary>
    public readonly int GroupSize => Heads / KvHeads;

    /// <summary>Elements of an output row.</summary>
    public readonly int Width => Heads * HeadSize;

    /// <summary>Elements of a row of <see cref="Qkv"/>.</summary>
    public readonly int QkvWidth => (Heads + 2 * KvHeads) * HeadSize;

    /// <summary>Floats of one row's result, see <see cref="ChunkSoftmax{T}"/>.</summary>
    public readonly int ResultSize => ChunkSoftmax<Lanes128>.HeaderSize + HeadSize;

    /// <summary>Bytes of a block's keys, or values, of one head.</summary>
    public readonly int HeadBlockSize => Sequences.BlockSize * HeadSize;

    /// <summary>The number of a block of one key and value head.</summary>
    public readonly long HeadBlock(int block, int kvHead) => (long)block * KvHeads + kvHead;

    /// <summary>
    /// Brings one head of a packed token back to floats, or copies them. Key heads come after the query heads, value heads after the key
    /// heads.
    /// </summary>
    /// <param name="token">The packed token.</param>
    /// <param name="head">0 to heads + 2 * kv heads.</param>
    /// <param name="destination">[head size].</param>
    public readonly void Dequantize<T>(int token, int head, float* destination)
        where T : unmanaged, ILanes<T>
    {
        var offset = (long)token * QkvWidth + head * HeadSize;
        if (FloatQkv != null)
        {
            new Span<float>(FloatQkv + offset, HeadSize).CopyTo(new Span<float>(destination, HeadSize));
            return;
        }

        var source = Qkv + offset;
        var columnScales = ColumnScales + head * HeadSize;
        var factor = T.Create(RowScales[token]);
        for (var i = 0; i < HeadSize; i += ILanes<T>.Count)
        {
            // The same head of the next token: the processor does not see a step of a whole row coming.
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(source + QkvWidth + i);
            }

            T.Store(destination + i, T.LoadAsFloat(source + i) * factor * T.Load(columnScales + i));
        }
    }

    /// <summary>As <see cref="Dequantize"/>, and rotates the head by its position.</summary>
    /// <param name="token">The packed token.</param>
    /// <param name="head">A query or key head.</param>
    /// <param name="position">The token's in its sequence.</param>
    /// <param name="scratch">[head size].</param>
    /// <param name="destination">[head size].</param>
    public readonly void DequantizeRotated<T>(int token, int head, int position, float* scratch, float* destination)
        where T : unmanaged, ILanes<T>
    {
        var half = HeadSize / 2;
        Dequantize<T>(token, head, scratch);
        Rotary.Apply(scratch, Cos + (long)position * half, Sin + (long)position * half, destination, half, 1);
    }
}

namespace Inference.Execution.Cpu.Int8;

/// <summary>A piece of attention for one thread: some chunks of keys, of one head, for a tile of one sequence's tokens.</summary>
internal unsafe struct AttentionPiece
{
    public int Sequence;

    /// <summary>The tile's first token in the packed step.</summary>
    public int FirstToken;

    public int Tokens;
    public int KvHead;
    public int FirstChunk;
    public int Chunks;

    /// <summary>
    /// Whether the piece writes its tokens' keys and values to the cache before it attends: nobody else needs them in this step. Else all
    /// keys and values of its tile are in the cache before any piece begins.
    /// </summary>
    public bool WritesCache;

    /// <summary>
    /// [all chunks of the tile, rows, header + head size]: results by chunk, where a tile is several pieces; else null.
    /// </summary>
    public float* Results;

    /// <summary>Pieces of the tile's head that are not done. Whoever finishes the last merges the results of all.</summary>
    public int* PiecesLeft;

    /// <summary>Heads of the tile that are not done. Whoever finishes the last quantises the tile's rows.</summary>
    public int* HeadsLeft;
}

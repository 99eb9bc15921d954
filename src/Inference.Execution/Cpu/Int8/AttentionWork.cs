using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// A step's attention, cut into pieces: per sequence, per tile of consecutive tokens, per key and value head, and where that would leave
/// threads without work,
/// per run of chunks of keys. Chunks lie at fixed positions and their results are merged in order, so the cut does not show in any bit.
/// </summary>
internal unsafe struct AttentionWork : IDisposable
{
    /// <summary>
    /// Keys in a chunk; at most 512, for which sums of 32 bits hold every product of weights (16 bits) and values (8 bits).
    /// </summary>
    public const int KeysPerChunk = 256;

    // Enough rows to use a loaded block well, few enough for their scores to stay in the first-level cache.
    private const int TargetRows = 16;

    // So many pieces for each thread even out their lengths.
    private const int PiecesPerThread = 4;

    // Nanoseconds.
    private const long ShortestPiece = 6_000;

    private readonly int _tokensPerTile;
    private readonly long _pieceNanoseconds;
    private readonly void* _memory;
    private readonly long _nanoseconds;
    private Room _used;

    /// <summary>Cuts a step for so many threads.</summary>
    /// <param name="arguments">The step; its output rows before quantisation are not needed yet.</param>
    /// <param name="threads">At least 1.</param>
    /// <param name="shortestPiece">Work that is not worth splitting, in nanoseconds.</param>
    public AttentionWork(in Int8AttentionArguments arguments, int threads, long shortestPiece = ShortestPiece)
    {
        _tokensPerTile = Math.Max(1, TargetRows / arguments.GroupSize);

        _nanoseconds = Cost(arguments);
        _pieceNanoseconds = Math.Max(shortestPiece, _nanoseconds / (PiecesPerThread * threads));
        Cut(arguments, default);

        var attended = (long)arguments.Sequences.Tokens * arguments.Width;
        _memory = NativeMemory.Alloc(checked((nuint)(
            _used.Pieces * sizeof(AttentionPiece) + _used.Counters * sizeof(int) + (_used.Results + attended) * sizeof(float))));
        Pieces = (AttentionPiece*)_memory;
        var counters = (int*)(Pieces + _used.Pieces);
        var results = (float*)(counters + _used.Counters);
        Attended = results + _used.Results;
        Cut(arguments, new Memory { Pieces = Pieces, Counters = counters, Results = results });
    }

    /// <summary>The pieces, <see cref="Count"/> of them.</summary>
    public AttentionPiece* Pieces { get; }

    /// <summary>How many pieces.</summary>
    public readonly int Count => checked((int)_used.Pieces);

    /// <summary>Whether there are pieces that do not write the cache themselves.</summary>
    public readonly bool NeedsCacheWritten => _used.Unwritten > 0;

    /// <summary>Room for the output rows before they are quantised.</summary>
    public float* Attended { get; }

    /// <summary>What a piece costs, roughly and on average.</summary>
    public readonly int NanosecondsPerPiece => (int)Math.Min(int.MaxValue, _nanoseconds / Math.Max(1, _used.Pieces));

    public readonly void Dispose() => NativeMemory.Free(_memory);

    // Of a tile's tokens and one key and value head. Per key: reading it and its value from memory, and both products with every row.
    private static long Nanoseconds(in Int8AttentionArguments arguments, int keys, int rows) =>
        Math.Max(1, (long)keys * (8 + rows) * arguments.HeadSize / 32);

    // Of all tiles.
    private readonly long Cost(in Int8AttentionArguments arguments)
    {
        var nanoseconds = 0L;
        for (var sequence = 0; sequence < arguments.Sequences.Count; sequence++)
        {
            var end = arguments.Sequences.CumulativeLengths[sequence + 1];
            for (var token = arguments.Sequences.CumulativeLengths[sequence]; token < end; token += _tokensPerTile)
            {
                var tokens = Math.Min(_tokensPerTile, end - token);
                nanoseconds += Nanoseconds(arguments, arguments.Sequences.PositionOf(token, sequence) + tokens, tokens * arguments.GroupSize);
            }
        }

        return nanoseconds * arguments.KvHeads;
    }

    // Walks over all pieces; writes them where there is memory, and counts what they need.
    private void Cut(in Int8AttentionArguments arguments, Memory memory)
    {
        _used = default;
        for (var sequence = 0; sequence < arguments.Sequences.Count; sequence++)
        {
            var end = arguments.Sequences.CumulativeLengths[sequence + 1];
            for (var token = arguments.Sequences.CumulativeLengths[sequence]; token < end; token += _tokensPerTile)
            {
                var piece = new AttentionPiece { Sequence = sequence, FirstToken = token, Tokens = Math.Min(_tokensPerTile, end - token) };
                CutTile(arguments, piece, memory);
            }
        }
    }

    private void CutTile(in Int8AttentionArguments arguments, AttentionPiece piece, Memory memory)
    {
        var keys = arguments.Sequences.PositionOf(piece.FirstToken, piece.Sequence) + piece.Tokens;
        var rows = piece.Tokens * arguments.GroupSize;
        var chunks = (keys + KeysPerChunk - 1) / KeysPerChunk;

        var nanoseconds = Nanoseconds(arguments, keys, rows);
        var chunksPerPiece = (int)Math.Clamp(chunks * _pieceNanoseconds / nanoseconds, 1, chunks);

        piece.HeadsLeft = Counter(memory.Counters, arguments.KvHeads);
        for (piece.KvHead = 0; piece.KvHead < arguments.KvHeads; piece.KvHead++)
        {
            piece.Results = null;
            piece.WritesCache = chunksPerPiece == chunks && piece.Tokens == arguments.Sequences.TokensOf(piece.Sequence);
            _used.Unwritten += piece.WritesCache ? 0 : 1;
            if (chunksPerPiece < chunks)
            {
                piece.PiecesLeft = Counter(memory.Counters, (chunks + chunksPerPiece - 1) / chunksPerPiece);
                piece.Results = memory.Results + _used.Results;
                _used.Results += (long)chunks * rows * arguments.ResultSize;
            }

            for (piece.FirstChunk = 0; piece.FirstChunk < chunks; piece.FirstChunk += chunksPerPiece, _used.Pieces++)
            {
                piece.Chunks = Math.Min(chunksPerPiece, chunks - piece.FirstChunk);
                if (memory.Pieces != null)
                {
                    memory.Pieces[_used.Pieces] = piece;
                }
            }
        }
    }

    private int* Counter(int* counters, int value)
    {
        var counter = counters + _used.Counters++;
        if (counters != null)
        {
            *counter = value;
        }

        return counter;
    }

    /// <summary>How much of each is needed.</summary>
    private struct Room
    {
        public long Pieces;
        public long Counters;
        public long Results;
        public long Unwritten;
    }

    /// <summary>Where each begins.</summary>
    private struct Memory
    {
        public AttentionPiece* Pieces;
        public int* Counters;
        public float* Results;
    }
}

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// A step's attention, cut into pieces: per sequence, per tile of consecutive tokens, per key and value head, and where that would leave
/// threads without work,
/// per run of chunks of keys. Chunks lie at fixed positions and their results are merged in order, so the cut does not show in any bit.
/// </summary>
internal readonly unsafe struct AttentionWork
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
    private readonly long _nanoseconds;
    private readonly Room _used;

    /// <summary>Cuts a step for so many threads. What it makes lies in this thread's scratch, until that is rented again.</summary>
    /// <param name="arguments">The step; its output rows before quantisation are not needed yet.</param>
    /// <param name="threads">At least 1.</param>
    /// <param name="shortestPiece">Work that is not worth splitting, in nanoseconds.</param>
    public AttentionWork(in Int8AttentionArguments arguments, int threads, long shortestPiece = ShortestPiece)
    {
        _tokensPerTile = Math.Max(1, TargetRows / arguments.GroupSize);

        _nanoseconds = Cost(arguments);
        _pieceNanoseconds = Math.Max(shortestPiece, _nanoseconds / (PiecesPerThread * threads));
        _used = Cut(arguments, default);

        // Rows first: they fill whole cache lines.
        var attended = (long)arguments.Sequences.Tokens * arguments.Width;
        Attended = (float*)ThreadScratch.Rent(checked((nuint)(
            (attended + _used.Results) * sizeof(float) + _used.Pieces * sizeof(AttentionPiece) + _used.Counters * sizeof(int))));
        var results = Attended + attended;
        Pieces = (AttentionPiece*)(results + _used.Results);
        Cut(arguments, new Memory { Pieces = Pieces, Counters = (int*)(Pieces + _used.Pieces), Results = results });
    }

    /// <summary>The pieces, <see cref="Count"/> of them.</summary>
    public AttentionPiece* Pieces { get; }

    /// <summary>How many pieces.</summary>
    public int Count => checked((int)_used.Pieces);

    /// <summary>Whether there are pieces that do not write the cache themselves.</summary>
    public bool NeedsCacheWritten => _used.Unwritten > 0;

    /// <summary>Room for the output rows before they are quantised.</summary>
    public float* Attended { get; }

    /// <summary>What a piece costs, roughly and on average.</summary>
    public int NanosecondsPerPiece => (int)Math.Min(int.MaxValue, _nanoseconds / Math.Max(1, _used.Pieces));

    // Of a tile's tokens and one key and value head. Per key: reading it and its value from memory, and both products with every row.
    private static long Nanoseconds(in Int8AttentionArguments arguments, int keys, int rows) =>
        Math.Max(1, (long)keys * (8 + rows) * arguments.HeadSize / 32);

    // Of all tiles.
    private long Cost(in Int8AttentionArguments arguments)
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
    private Room Cut(in Int8AttentionArguments arguments, Memory memory)
    {
        var used = default(Room);
        for (var sequence = 0; sequence < arguments.Sequences.Count; sequence++)
        {
            var end = arguments.Sequences.CumulativeLengths[sequence + 1];
            for (var token = arguments.Sequences.CumulativeLengths[sequence]; token < end; token += _tokensPerTile)
            {
                var piece = new AttentionPiece { Sequence = sequence, FirstToken = token, Tokens = Math.Min(_tokensPerTile, end - token) };
                CutTile(arguments, piece, memory, ref used);
            }
        }

        return used;
    }

    private void CutTile(in Int8AttentionArguments arguments, AttentionPiece piece, Memory memory, ref Room used)
    {
        var keys = arguments.Sequences.PositionOf(piece.FirstToken, piece.Sequence) + piece.Tokens;
        var rows = piece.Tokens * arguments.GroupSize;
        var chunks = (keys + KeysPerChunk - 1) / KeysPerChunk;

        var nanoseconds = Nanoseconds(arguments, keys, rows);
        var chunksPerPiece = (int)Math.Clamp(chunks * _pieceNanoseconds / nanoseconds, 1, chunks);

        piece.HeadsLeft = Counter(memory.Counters, arguments.KvHeads, ref used);
        for (piece.KvHead = 0; piece.KvHead < arguments.KvHeads; piece.KvHead++)
        {
            piece.Results = null;
            piece.WritesCache = chunksPerPiece == chunks && piece.Tokens == arguments.Sequences.TokensOf(piece.Sequence);
            used.Unwritten += piece.WritesCache ? 0 : 1;
            if (chunksPerPiece < chunks)
            {
                piece.PiecesLeft = Counter(memory.Counters, (chunks + chunksPerPiece - 1) / chunksPerPiece, ref used);
                piece.Results = memory.Results + used.Results;
                used.Results += (long)chunks * rows * arguments.ResultSize;
            }

            for (piece.FirstChunk = 0; piece.FirstChunk < chunks; piece.FirstChunk += chunksPerPiece, used.Pieces++)
            {
                piece.Chunks = Math.Min(chunksPerPiece, chunks - piece.FirstChunk);
                if (memory.Pieces != null)
                {
                    memory.Pieces[used.Pieces] = piece;
                }
            }
        }
    }

    private static int* Counter(int* counters, int value, ref Room used)
    {
        var counter = counters + used.Counters++;
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

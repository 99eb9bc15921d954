using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// Attends for one piece: rows are (token, query head) pairs over one key and value head. Scores and weighted values are integer
/// products
/// of bytes: queries have a scale for each row, weights one for each row and chunk. Sums are exact in any order.
/// </summary>
internal unsafe struct Int8AttentionWorker<T>(Int8AttentionArguments arguments, AttentionPiece* pieces, int count) : IParallelBody
    where T : unmanaged, ILanes<T>
{
    private const int Chunk = AttentionWork.KeysPerChunk;
    private const int PanelKeys = 16;
    private const int PanelsPerChunk = Chunk / PanelKeys;
    private const float Log2E = 1.44269504f;

    // With few rows a step waits for keys and values from memory; with many they are in the caches already.
    private const int RowsToPrefetchFor = 8;

    // As far ahead as memory takes to answer: four panels of three rows are some 300 ns.
    private const int PanelsAhead = 4;

    private readonly Int8AttentionArguments _arguments = arguments;
    private readonly AttentionPiece* _pieces = pieces;
    private readonly int _count = count;

    /// <summary>
    /// 0. write the tokens' keys and values, if nobody else does; 1. quantise the queries; 2. per chunk of keys: scores, softmax, weighted values, merge; 3. divide by the sums; 4. quantise the
    /// rows.
    /// </summary>
    [SkipLocalsInit]
    public readonly void Invoke(int index)
    {
        ref readonly var args = ref _arguments;
        ref var piece = ref _pieces[index];
        var rows = piece.Tokens * args.GroupSize;
        var bytes = stackalloc byte[rows * args.HeadSize];
        var starts = stackalloc int[rows];
        var factors = stackalloc float[rows];
        var queries = new Queries { Bytes = bytes, Starts = starts, Factors = factors };
        var results = stackalloc float[rows * args.ResultSize];
        PrefetchFirst(piece);
        if (piece.WritesCache)
        {
            new Int8CacheWriter<T>(args, _pieces).Write(piece);
        }

        QuantizeQueries(piece, queries);
        Clear(results, rows);

        var last = piece.FirstChunk + piece.Chunks;
        for (var chunk = piece.FirstChunk; chunk < last; chunk++)
        {
            if (piece.Results != null)
            {
                Attend(index, chunk, queries, piece.Results + (long)chunk * rows * args.ResultSize);
            }
            else
            {
                AttendAndMerge(index, chunk, queries, results);
            }
        }

        if (piece.Results != null)
        {
            if (Interlocked.Decrement(ref *piece.PiecesLeft) != 0)
            {
                return;
            }

            var keys = args.Sequences.PositionOf(piece.FirstToken, piece.Sequence) + piece.Tokens;
            for (var chunk = 0; chunk * Chunk < keys; chunk++)
            {
                Merge(results, piece.Results + (long)chunk * rows * args.ResultSize, rows);
            }
        }

        Finish(piece, results);
        if (args.Output != null && Interlocked.Decrement(ref *piece.HeadsLeft) == 0)
        {
            QuantizeRows(piece);
        }
    }

    private readonly void QuantizeQueries(in AttentionPiece piece, in Queries queries)
    {
        ref readonly var args = ref _arguments;
        var scratch = stackalloc float[args.HeadSize];
        var row = stackalloc float[args.HeadSize];
        var position = args.Sequences.PositionOf(piece.FirstToken, piece.Sequence);
        for (var i = 0; i < piece.Tokens * args.GroupSize; i++)
        {
            var (token, head) = Math.DivRem(i, args.GroupSize);
            var bytes = queries.Bytes + i * args.HeadSize;
            args.DequantizeRotated<T>(piece.FirstToken + token, piece.KvHead * args.GroupSize + head, position + token, scratch, row);
            var scale = RowQuantizer<T>.ToBytes(row, args.HeadSize, RowQuantizer<T>.Magnitude(row, args.HeadSize), 0, bytes);
            queries.Factors[i] = scale * (args.Scale * Log2E);

            // Keys are stored with 128 added, which adds so much to each score.
            queries.Starts[i] = -GraphContract.ZeroPoint * Sum((sbyte*)bytes, args.HeadSize);
        }
    }

    private static int Sum(sbyte* bytes, int count)
    {
        var sums = T.Create(0);
        for (var i = 0; i < count; i += ILanes<T>.Count)
        {
            sums += T.LoadAsFloat(bytes + i);
        }

        return (int)LaneMath<T>.Sum(sums);
    }

    [SkipLocalsInit]
    private readonly void AttendAndMerge(int index, int chunk, in Queries queries, float* results)
    {
        ref readonly var piece = ref _pieces[index];
        var rows = piece.Tokens * _arguments.GroupSize;
        var result = stackalloc float[rows * _arguments.ResultSize];
        Attend(index, chunk, queries, result);
        Merge(results, result, rows);
    }

    // One chunk's result for every row.
    [SkipLocalsInit]
    private readonly void Attend(int index, int chunk, in Queries queries, float* results)
    {
        ref readonly var piece = ref _pieces[index];
        ref readonly var args = ref _arguments;
        var rows = piece.Tokens * args.GroupSize;
        var position = args.Sequences.PositionOf(piece.FirstToken, piece.Sequence);
        var keys = Math.Min(Chunk, position + piece.Tokens - chunk * Chunk);
        var panels = (keys + PanelKeys - 1) / PanelKeys;
        var keyPanels = stackalloc byte*[PanelsPerChunk];
        var valuePanels = stackalloc byte*[PanelsPerChunk];
        var keyScales = stackalloc float[Chunk];
        var valueScales = stackalloc float[Chunk];
        FindPanels(piece, chunk, panels, keyPanels, valuePanels, keyScales, valueScales);

        var scores = stackalloc int[rows * Chunk];
        Score(piece, chunk, queries, keyPanels, valuePanels, panels, scores);
        var scoreRows = new ScoreRows
        {
            FirstScores = scores, Factors = queries.Factors, FirstResult = results, ResultSize = args.ResultSize, Count = rows,
            GroupSize = args.GroupSize, FirstKeys = position + 1 - chunk * Chunk, ChunkKeys = keys,
        };
        ChunkSoftmax<T>.Compute(scoreRows, keyScales, valueScales, panels * PanelKeys);
        AddValues(index, chunk, (byte*)scores, valuePanels, panels, results);
    }

    private readonly void FindPanels(
        in AttentionPiece piece, int chunk, int panels, byte** keyPanels, byte** valuePanels, float* keyScales, float* valueScales)
    {
        ref readonly var args = ref _arguments;
        for (var panel = 0; panel < panels; panel++)
        {
            var (headBlock, slot) = Locate(piece, chunk * PanelsPerChunk + panel);
            keyPanels[panel] = args.KeyCache + headBlock * args.HeadBlockSize + slot * QuadPanels.Depths;
            valuePanels[panel] = (byte*)args.ValueCache + headBlock * args.HeadBlockSize + slot * args.HeadSize;
            T.Store(keyScales + panel * PanelKeys, T.Load(args.KeyScales + headBlock * args.Sequences.BlockSize + slot));
            T.Store(valueScales + panel * PanelKeys, T.Load(args.ValueScales + headBlock * args.Sequences.BlockSize + slot));
        }
    }

    // Where the cache holds 16 keys of a sequence: the block of the piece's head, and the slot in it.
    private readonly (long HeadBlock, int Slot) Locate(in AttentionPiece piece, int panel)
    {
        var (block, slot) = Math.DivRem((uint)panel * PanelKeys, (uint)_arguments.Sequences.BlockSize);
        return (_arguments.HeadBlock(_arguments.Sequences.BlocksOf(piece.Sequence)[block], piece.KvHead), (int)slot);
    }

    private readonly void Score(
        in AttentionPiece piece, int chunk, in Queries queries, byte** keyPanels, byte** valuePanels, int panels, int* scores)
    {
        ref readonly var args = ref _arguments;
        var rows = piece.Tokens * args.GroupSize;
        var product = new QuadPanels
        {
            Count = 1, Quads = args.HeadSize / QuadPanels.Depths, Stride = QuadPanels.Depths * args.Sequences.BlockSize, IsUnsigned = true,
        };
        var ahead = stackalloc byte*[4];
        product.Ahead = rows <= RowsToPrefetchFor ? ahead : null;
        var last = LastPanel(piece);
        for (var panel = 0; panel < panels; panel += 2)
        {
            if (product.Ahead != null)
            {
                // Keys of panels to come, in the next chunk too, the values of these, and the next chunk's scales, of which all are read
                // as it begins.
                var next = chunk * PanelsPerChunk + panel + PanelsAhead;
                var scales = (chunk + 1) * PanelsPerChunk + panel;
                ahead[0] = KeyPanel(piece, Math.Min(next, last));
                ahead[1] = KeyPanel(piece, Math.Min(next + 1, last));
                ahead[2] = valuePanels[panel];
                ahead[3] = valuePanels[Math.Min(panel + 1, panels - 1)];
                PrefetchScales(piece, Math.Min(scales, last));
                PrefetchScales(piece, Math.Min(scales + 1, last));
            }

            // The last of an odd number stands for its missing neighbour; there is room for the scores of both.
            product.Left = keyPanels + panel;
            product.Right = keyPanels + Math.Min(panel + 1, panels - 1);
            QuadProduct<T>.Compute(queries.Bytes, args.HeadSize, product, queries.Starts, scores + panel * PanelKeys, Chunk, rows);
        }
    }

    // What the piece needs first, while its queries are prepared.
    private readonly void PrefetchFirst(in AttentionPiece piece)
    {
        if (!Sse.IsSupported || piece.Tokens * _arguments.GroupSize > RowsToPrefetchFor)
        {
            return;
        }

        var first = piece.FirstChunk * PanelsPerChunk;
        var last = LastPanel(piece);
        for (var panel = first; panel < Math.Min(first + PanelsPerChunk, last + 1); panel++)
        {
            PrefetchScales(piece, panel);
        }

        for (var panel = first; panel < Math.Min(first + PanelsAhead, last + 1); panel++)
        {
            var keys = KeyPanel(piece, panel);
            for (var offset = 0; offset < PanelKeys * _arguments.HeadSize; offset += 64)
            {
                Sse.Prefetch0(keys + offset);
            }
        }
    }

    private readonly void PrefetchScales(in AttentionPiece piece, int panel)
    {
        if (Sse.IsSupported)
        {
            var (headBlock, slot) = Locate(piece, panel);
            Sse.Prefetch0(_arguments.KeyScales + headBlock * _arguments.Sequences.BlockSize + slot);
            Sse.Prefetch0(_arguments.ValueScales + headBlock * _arguments.Sequences.BlockSize + slot);
        }
    }

    private readonly byte* KeyPanel(in AttentionPiece piece, int panel)
    {
        var (headBlock, slot) = Locate(piece, panel);
        return _arguments.KeyCache + headBlock * _arguments.HeadBlockSize + slot * QuadPanels.Depths;
    }

    private readonly int LastPanel(in AttentionPiece piece)
    {
        var keys = _arguments.Sequences.PositionOf(piece.FirstToken, piece.Sequence) + piece.Tokens;
        return (Math.Min(keys, (piece.FirstChunk + piece.Chunks) * Chunk) - 1) / PanelKeys;
    }

    [SkipLocalsInit]
    private readonly void AddValues(int index, int chunk, byte* weights, byte** valuePanels, int panels, float* results)
    {
        ref readonly var args = ref _arguments;
        ref readonly var piece = ref _pieces[index];
        var rows = piece.Tokens * args.GroupSize;
        const int Columns = 32;
        var sums = stackalloc int[rows * Columns];
        var starts = stackalloc int[rows];
        new Span<int>(starts, rows).Clear();
        var product = new QuadPanels
        {
            Left = valuePanels, Right = valuePanels, Count = panels, Quads = PanelKeys / QuadPanels.Depths,
            Stride = QuadPanels.Depths * args.HeadSize,
        };
        var ahead = stackalloc byte*[PanelsAhead];
        var isLast = chunk + 1 == piece.FirstChunk + piece.Chunks;
        product.Ahead = isLast && FindKeysOfNext(index, rows, ahead) ? ahead : null;
        for (var column = 0; column < args.HeadSize; column += Columns, product.Ahead = null)
        {
            product.LeftOffset = QuadPanels.Depths * column;
            product.RightOffset = QuadPanels.Depths * (column + ILanes<T>.Count);
            QuadProduct<T>.Compute(weights, sizeof(int) * Chunk, product, starts, sums, Columns, rows);
            for (var row = 0; row < rows; row++)
            {
                var result = results + row * args.ResultSize;
                var scale = T.Create(result[2]);
                var values = result + ChunkSoftmax<T>.HeaderSize + column;
                T.Store(values, T.LoadAsFloat(sums + row * Columns) * scale);
                T.Store(values + ILanes<T>.Count, T.LoadAsFloat(sums + row * Columns + ILanes<T>.Count) * scale);
            }
        }
    }

    // The first keys of the piece that this thread most likely takes next.
    private readonly bool FindKeysOfNext(int index, int rows, byte** panels)
    {
        if (rows > RowsToPrefetchFor || index + 1 >= _count)
        {
            return false;
        }

        ref readonly var next = ref _pieces[index + 1];
        var (first, last) = (next.FirstChunk * PanelsPerChunk, LastPanel(next));
        for (var i = 0; i < PanelsAhead; i++)
        {
            panels[i] = KeyPanel(next, Math.Min(first + i, last));
        }

        return true;
    }

    private readonly void Clear(float* results, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            results[row * _arguments.ResultSize + 1] = 0;
        }
    }

    private readonly void Merge(float* results, float* chunks, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            ChunkSoftmax<T>.Merge(results + row * _arguments.ResultSize, chunks + row * _arguments.ResultSize, _arguments.HeadSize);
        }
    }

    private readonly void Finish(in AttentionPiece piece, float* results)
    {
        ref readonly var args = ref _arguments;
        for (var token = 0; token < piece.Tokens; token++)
        {
            var output = args.Attended + (long)(piece.FirstToken + token) * args.Width + piece.KvHead * args.GroupSize * args.HeadSize;
            for (var head = 0; head < args.GroupSize; head++, results += args.ResultSize, output += args.HeadSize)
            {
                var factor = T.Create(1 / results[1]);
                for (var i = 0; i < args.HeadSize; i += ILanes<T>.Count)
                {
                    T.Store(output + i, T.Load(results + ChunkSoftmax<T>.HeaderSize + i) * factor);
                }
            }
        }
    }

    private readonly void QuantizeRows(in AttentionPiece piece)
    {
        ref readonly var args = ref _arguments;
        for (var token = piece.FirstToken; token < piece.FirstToken + piece.Tokens; token++)
        {
            var row = args.Attended + (long)token * args.Width;
            var magnitude = RowQuantizer<T>.Magnitude(row, args.Width);
            args.OutputScales[token] = RowQuantizer<T>.ToBytes(
                row, args.Width, magnitude, GraphContract.ZeroPoint, args.Output + (long)token * args.Width);
        }
    }

    /// <summary>The rows' queries.</summary>
    private struct Queries
    {
        /// <summary>int8 [rows, head size].</summary>
        public byte* Bytes;

        /// <summary>[rows]: what scores begin with.</summary>
        public int* Starts;

        /// <summary>[rows]: what makes score * key scale the exponent of a power of two.</summary>
        public float* Factors;
    }
}

using Inference.Execution.Cpu;
using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

/// <summary>
/// A random paged attention step in int8: sequences with given past and new lengths, scattered over a shuffled cache, and a reference for
/// it.
/// </summary>
internal sealed unsafe class Int8AttentionProblem
{
    private readonly int[] _past;
    private readonly int[] _cumulative;
    private readonly int[] _blockTable;
    private readonly int _maxBlocks;
    private readonly int _blocks;
    private readonly int _positions;
    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly float[] _columnScales;

    public Int8AttentionProblem(Random random, int heads, int kvHeads, int headSize, int blockSize, params (int Past, int New)[] sequences)
    {
        (Heads, KvHeads, HeadSize, BlockSize) = (heads, kvHeads, headSize, blockSize);
        _past = [.. sequences.Select(s => s.Past)];
        _cumulative = [0, .. sequences.Select((_, i) => sequences.Take(i + 1).Sum(s => s.New))];
        var counts = sequences.Select(s => (s.Past + s.New + blockSize - 1) / blockSize).ToArray();
        _maxBlocks = Math.Max(1, counts.Max());
        _blocks = counts.Sum() + 3;
        var free = Enumerable.Range(0, _blocks).ToArray();
        random.Shuffle(free);

        // Entries past a sequence's end point outside the cache: nobody may follow them.
        _blockTable = [.. Enumerable.Repeat(int.MaxValue, sequences.Length * _maxBlocks)];
        var next = 0;
        for (var s = 0; s < sequences.Length; s++)
        {
            for (var b = 0; b < counts[s]; b++)
            {
                _blockTable[s * _maxBlocks + b] = free[next++];
            }
        }

        _positions = Math.Max(1, sequences.Max(s => s.Past + s.New));
        _cos = new float[_positions * headSize / 2];
        _sin = new float[_positions * headSize / 2];
        for (var i = 0; i < _cos.Length; i++)
        {
            (_sin[i], _cos[i]) = MathF.SinCos(i / (headSize / 2) * MathF.Pow(10000, -(float)(i % (headSize / 2)) / (headSize / 2)));
        }

        var width = (heads + 2 * kvHeads) * headSize;
        Qkv = [.. Enumerable.Range(0, Tokens * width).Select(_ => random.Next(-20000, 20001))];
        RowScales = [.. Enumerable.Range(0, Tokens).Select(_ => 0.01f + random.NextSingle() * 0.01f)];
        _columnScales = [.. Enumerable.Range(0, width).Select(_ => 0.005f + random.NextSingle() * 0.01f)];

        // Slots that nothing was written to hold garbage: it must never show.
        KeyCache = new byte[_blocks * kvHeads * headSize * blockSize];
        ValueCache = new sbyte[KeyCache.Length];
        random.NextBytes(KeyCache);
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(ValueCache.AsSpan()));
        KeyScales = [.. Enumerable.Repeat(float.NaN, _blocks * kvHeads * blockSize)];
        ValueScales = [.. KeyScales];
        for (var s = 0; s < sequences.Length; s++)
        {
            for (var position = 0; position < _past[s] * kvHeads; position++)
            {
                var index = ScaleIndex(s, position / kvHeads, position % kvHeads);
                KeyScales[index] = 0.01f + random.NextSingle() * 0.02f;
                ValueScales[index] = 0.01f + random.NextSingle() * 0.02f;
            }
        }
    }

    private Int8AttentionProblem(Int8AttentionProblem source, int[] past, int[] cumulative, int[] blockTable, int firstToken)
    {
        (Heads, KvHeads, HeadSize, BlockSize, _blocks, _positions) =
            (source.Heads, source.KvHeads, source.HeadSize, source.BlockSize, source._blocks, source._positions);
        (_past, _cumulative, _blockTable, _maxBlocks, _cos, _sin, _columnScales) =
            (past, cumulative, blockTable, source._maxBlocks, source._cos, source._sin, source._columnScales);
        var stride = source.Qkv.Length / source.Tokens;
        Qkv = source.Qkv.AsSpan(firstToken * stride, Tokens * stride).ToArray();
        RowScales = source.RowScales.AsSpan(firstToken, Tokens).ToArray();
        (KeyCache, ValueCache, KeyScales, ValueScales) =
            ([.. source.KeyCache], [.. source.ValueCache], [.. source.KeyScales], [.. source.ValueScales]);
    }

    public int Heads { get; }

    public int KvHeads { get; }

    public int HeadSize { get; }

    public int BlockSize { get; }

    public int Tokens => _cumulative[^1];

    public int[] Qkv { get; }

    public float[] RowScales { get; }

    public byte[] KeyCache { get; private set; }

    public sbyte[] ValueCache { get; private set; }

    public float[] KeyScales { get; private set; }

    public float[] ValueScales { get; private set; }

    public float Scale => 1 / MathF.Sqrt(HeadSize);

    /// <summary>Runs the operator's pieces in a shuffled order, on a copy of the cache.</summary>
    public Int8AttentionResult Run<T>(int threads = 1, long shortestPiece = 6000)
        where T : unmanaged, ILanes<T> => Run<T>(threads, shortestPiece, floatQkv: null);

    /// <summary>As <see cref="Run{T}(int, long)"/>, from floats to floats.</summary>
    public Int8AttentionResult RunOnFloats<T>(int threads, long shortestPiece)
        where T : unmanaged, ILanes<T> => Run<T>(threads, shortestPiece, FloatQkv());

    private float[] FloatQkv()
    {
        var width = _columnScales.Length;
        return [.. Qkv.Select((x, i) => x * RowScales[i / width] * _columnScales[i % width])];
    }

    private Int8AttentionResult Run<T>(int threads, long shortestPiece, float[]? floatQkv)
        where T : unmanaged, ILanes<T>
    {
        var result = new Int8AttentionResult
        {
            Attended = new float[Tokens * Heads * HeadSize], Output = new byte[Tokens * Heads * HeadSize], Scales = new float[Tokens],
            KeyCache = [.. KeyCache], ValueCache = [.. ValueCache], KeyScales = [.. KeyScales], ValueScales = [.. ValueScales],
        };
        fixed (int* qkv = Qkv, table = _blockTable, cumulative = _cumulative, past = _past)
        fixed (float* rows = RowScales, columns = _columnScales, keyScales = result.KeyScales, valueScales = result.ValueScales,
        cos = _cos, sin = _sin)
        fixed (float* attended = result.Attended, scales = result.Scales, floats = floatQkv)
        fixed (sbyte* values = result.ValueCache)
        fixed (byte* keys = result.KeyCache, output = result.Output)
        {
            var arguments = new Int8AttentionArguments
            {
                Qkv = floats == null ? qkv : null, FloatQkv = floats, RowScales = rows, ColumnScales = columns, KeyCache = keys, ValueCache = values, KeyScales = keyScales,
                    ValueScales = valueScales,
                Cos = cos, Sin = sin, Attended = attended, Output = floats == null ? output : null, OutputScales = scales,
                Heads = Heads, KvHeads = KvHeads, HeadSize = HeadSize, Scale = Scale,
                Sequences = new PagedSequences
                {
                    BlockTable = table, CumulativeLengths = cumulative, PastLengths = past, Tokens = Tokens, Count = _past.Length,
                    MaxBlocks = _maxBlocks, Blocks = _blocks, BlockSize = BlockSize, Positions = _positions,
                },
            };
            arguments.Sequences.Validate();
            var work = new AttentionWork(arguments, threads, shortestPiece);
            var writer = new Int8CacheWriter<T>(arguments, work.Pieces);
            for (var piece = 0; work.NeedsCacheWritten && piece < work.Count; piece++)
            {
                writer.Invoke(piece);
            }

            var worker = new Int8AttentionWorker<T>(arguments, work.Pieces, work.Count);
            var order = Enumerable.Range(0, work.Count).ToArray();
            new Random(threads).Shuffle(order);
            Array.ForEach(order, worker.Invoke);
            result.Pieces = work.Count;
        }

        return result;
    }

    /// <summary>
    /// The same in scalar double arithmetic, straight from the definition, over the cache that a run left; and how far from it each element
    /// may be because a weight is too near the middle between two integers to tell which one it becomes.
    /// </summary>
    public (double[] Output, double[] Undecided) Reference(Int8AttentionResult run)
    {
        var (output, undecided) = (new double[Tokens * Heads * HeadSize], new double[Tokens * Heads * HeadSize]);
        for (var s = 0; s < _past.Length; s++)
        {
            for (var token = _cumulative[s]; token < _cumulative[s + 1]; token++)
            {
                for (var head = 0; head < Heads; head++)
                {
                    var row = ((token * Heads + head) * HeadSize)..((token * Heads + head + 1) * HeadSize);
                    undecided.AsSpan(row).Fill(Attend(run, s, token, head, output.AsSpan(row)));
                }
            }
        }

        return (output, undecided);
    }

    /// <summary>The largest distance of a cached key or value of a new token from what it stands for, in scales.</summary>
    public double LargestCacheError(Int8AttentionResult run)
    {
        var largest = 0.0;
        for (var s = 0; s < _past.Length; s++)
        {
            for (var token = _cumulative[s]; token < _cumulative[s + 1]; token++)
            {
                var position = _past[s] + token - _cumulative[s];
                for (var i = 0; i < KvHeads * HeadSize; i++)
                {
                    var (head, element) = (i / HeadSize, i % HeadSize);
                    var scale = ScaleIndex(s, position, head);
                    var key = Key(run, s, position, head, element) - Rotated(token, Heads + head, position)[element];
                    var value = Value(run, s, position, head, element) - Row(token, Heads + KvHeads + head)[element];
                    largest = Math.Max(largest, Math.Max(Math.Abs(key) / run.KeyScales[scale], Math.Abs(value) / run.ValueScales[scale]));
                }
            }
        }

        return largest;
    }

    /// <summary>The same problem with one of its sequences alone, over a copy of the cache.</summary>
    public Int8AttentionProblem Only(int sequence) => new(
        this, [_past[sequence]], [0, _cumulative[sequence + 1] - _cumulative[sequence]],
        _blockTable.AsSpan(sequence * _maxBlocks, _maxBlocks).ToArray(), _cumulative[sequence]);

    /// <summary>The same problem with only a chunk of its one sequence's tokens as new, over a copy of the cache as it is.</summary>
    public Int8AttentionProblem Chunk(int past, int tokens) => new(this, [past], [0, tokens], _blockTable, past);

    /// <summary>Takes over the cache that a chunk's run left.</summary>
    public void Adopt(Int8AttentionResult run) =>
        (KeyCache, ValueCache, KeyScales, ValueScales) = (run.KeyCache, run.ValueCache, run.KeyScales, run.ValueScales);

    private double Attend(Int8AttentionResult run, int s, int token, int head, Span<double> output)
    {
        var position = _past[s] + token - _cumulative[s];
        var kvHead = head / (Heads / KvHeads);
        var (query, queryScale) = RowQuantizerTests.Reference(Rotated(token, head, position), 0);
        var scores = new double[position + 1];
        for (var p = 0; p <= position; p++)
        {
            for (var i = 0; i < HeadSize; i++)
            {
                scores[p] += (sbyte)query[i] * (double)queryScale * Key(run, s, p, kvHead, i) * Scale;
            }
        }

        var maximum = scores.Max();
        var weights = scores.Select(score => Math.Exp(score - maximum)).ToArray();
        var sum = weights.Sum();
        var undecided = 0.0;
        foreach (var chunk in Enumerable.Range(0, position + 1).Chunk(AttentionWork.KeysPerChunk))
        {
            // The largest weight of a value becomes 255.
            var scaled = chunk.Select(p => weights[p] * run.ValueScales[ScaleIndex(s, p, kvHead)]).ToArray();
            var step = Math.Max(scaled.Max() / 255, double.Epsilon);
            for (var k = 0; k < chunk.Length; k++)
            {
                var integer = Math.Round(scaled[k] / step);
                undecided += Math.Abs(Math.Abs(scaled[k] / step - integer) - 0.5) < 1e-3 ? step * 128 / sum : 0;
                for (var i = 0; i < HeadSize; i++)
                {
                    output[i] += integer * step / sum * ValueInteger(run, s, chunk[k], kvHead, i);
                }
            }
        }

        return undecided;
    }

    // In single precision and in the operator's order: queries are to become the same integers.
    private float[] Rotated(int token, int head, int position)
    {
        var source = Row(token, head);
        var half = HeadSize / 2;
        var rotated = new float[HeadSize];
        for (var i = 0; i < half; i++)
        {
            float c = _cos[position * half + i], s = _sin[position * half + i];
            rotated[i] = source[i] * c - source[i + half] * s;
            rotated[i + half] = source[i + half] * c + source[i] * s;
        }

        return rotated;
    }

    private float[] Row(int token, int head)
    {
        var width = (Heads + 2 * KvHeads) * HeadSize;
        return [.. Enumerable.Range(head * HeadSize, HeadSize).Select(i => Qkv[token * width + i] * RowScales[token] * _columnScales[i])];
    }

    // [blocks, kv heads, head size / 4, block size, 4], with 128 for 0
    private double Key(Int8AttentionResult run, int s, int position, int head, int i) =>
        (run.KeyCache[((HeadBlock(s, position, head) * (HeadSize / 4) + i / 4) * BlockSize + position % BlockSize) * 4 + i % 4] - 128)
        * (double)run.KeyScales[ScaleIndex(s, position, head)];

    private double Value(Int8AttentionResult run, int s, int position, int head, int i) =>
        ValueInteger(run, s, position, head, i) * (double)run.ValueScales[ScaleIndex(s, position, head)];

    // [blocks, kv heads, block size / 4, head size, 4]
    private sbyte ValueInteger(Int8AttentionResult run, int s, int position, int head, int i) =>
        run.ValueCache[((HeadBlock(s, position, head) * (BlockSize / 4) + position % BlockSize / 4) * HeadSize + i) * 4 + position % 4];

    private int ScaleIndex(int s, int position, int head) => HeadBlock(s, position, head) * BlockSize + position % BlockSize;

    private int HeadBlock(int s, int position, int head) => _blockTable[s * _maxBlocks + position / BlockSize] * KvHeads + head;
}

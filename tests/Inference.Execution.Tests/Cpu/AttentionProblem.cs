using System.Runtime.InteropServices;
using Inference.Execution.Cpu;

namespace Inference.Execution.Tests.Cpu;

/// <summary>A random paged attention step: sequences with given past and new lengths, scattered over a shuffled cache, and a scalar reference for it.</summary>
internal sealed unsafe class AttentionProblem
{
    private readonly int[] _past;
    private readonly int[] _cumulative;
    private readonly int[] _blockTable;
    private readonly int _maxBlocks;
    private readonly float[] _cos;
    private readonly float[] _sin;

    public AttentionProblem(Random random, int heads, int kvHeads, int headSize, int blockSize, params (int Past, int New)[] sequences)
    {
        (Heads, KvHeads, HeadSize, BlockSize) = (heads, kvHeads, headSize, blockSize);
        _past = [.. sequences.Select(s => s.Past)];
        _cumulative = new int[sequences.Length + 1];
        for (var i = 0; i < sequences.Length; i++)
        {
            _cumulative[i + 1] = _cumulative[i] + sequences[i].New;
        }

        var counts = sequences.Select(s => (s.Past + s.New + blockSize - 1) / blockSize).ToArray();
        _maxBlocks = Math.Max(1, counts.Max());
        Blocks = counts.Sum() + 3;
        var free = Enumerable.Range(0, Blocks).ToArray();
        random.Shuffle(free);
        _blockTable = new int[sequences.Length * _maxBlocks];
        var next = 0;
        for (var i = 0; i < sequences.Length; i++)
        {
            for (var b = 0; b < counts[i]; b++)
            {
                _blockTable[i * _maxBlocks + b] = free[next++];
            }
        }

        Positions = sequences.Max(s => s.Past + s.New);
        _cos = new float[Positions * headSize / 2];
        _sin = new float[Positions * headSize / 2];
        for (var i = 0; i < _cos.Length; i++)
        {
            var angle = i / (headSize / 2) * Math.Pow(10000, -(double)(i % (headSize / 2)) / (headSize / 2));
            (_cos[i], _sin[i]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        }

        Qkv = Enumerable.Range(0, Tokens * (heads + 2 * kvHeads) * headSize).Select(_ => (float)(random.NextDouble() * 4 - 2)).ToArray();
        // Slots that nothing was written to hold garbage: it must never show.
        KeyCache = Enumerable.Repeat(float.NaN, Blocks * kvHeads * headSize * blockSize).ToArray();
        ValueCache = Enumerable.Repeat(float.NaN, KeyCache.Length).ToArray();
        for (var s = 0; s < sequences.Length; s++)
        {
            for (var position = 0; position < sequences[s].Past; position++)
            {
                for (var i = 0; i < kvHeads * headSize; i++)
                {
                    KeyCache[KeyIndex(s, position, i / headSize, i % headSize)] = (float)(random.NextDouble() * 4 - 2);
                    ValueCache[ValueIndex(s, position, i / headSize, i % headSize)] = (float)(random.NextDouble() * 4 - 2);
                }
            }
        }
    }

    private AttentionProblem(AttentionProblem source, int[] past, int[] cumulative, int[] blockTable, float[] qkv)
    {
        (Heads, KvHeads, HeadSize, BlockSize, Blocks, Positions) =
            (source.Heads, source.KvHeads, source.HeadSize, source.BlockSize, source.Blocks, source.Positions);
        (_past, _cumulative, _blockTable, _maxBlocks, _cos, _sin) = (past, cumulative, blockTable, source._maxBlocks, source._cos, source._sin);
        (Qkv, KeyCache, ValueCache) = (qkv, [.. source.KeyCache], [.. source.ValueCache]);
    }

    public int Heads { get; }

    public int KvHeads { get; }

    public int HeadSize { get; }

    public int BlockSize { get; }

    public int Blocks { get; }

    public int Positions { get; }

    public int Tokens => _cumulative[^1];

    /// <summary>Tokens that a token sees; 0 for all.</summary>
    public int Window { get; init; }

    public float Softcap { get; init; }

    /// <summary>[heads], or empty for no linear biases.</summary>
    public float[] Slopes { get; init; } = [];

    public float[] Qkv { get; }

    public float[] KeyCache { get; private init; }

    public float[] ValueCache { get; private init; }

    /// <summary>Runs the vectorised operator's pieces, one after the other.</summary>
    public float[] Run()
    {
        var output = new float[Tokens * Heads * HeadSize];
        fixed (float* qkv = Qkv, keys = KeyCache, values = ValueCache, cos = _cos, sin = _sin, slopes = Slopes, result = output)
        fixed (int* table = _blockTable, cumulative = _cumulative, past = _past)
        {
            var arguments = new AttentionArguments
            {
                Qkv = qkv, KeyCache = keys, ValueCache = values, Cos = cos, Sin = sin, Output = result,
                Heads = Heads, KvHeads = KvHeads, HeadSize = HeadSize, Rules = new ScoreRules(Scale, Window, Softcap), Slopes = slopes,
                Sequences = new PagedSequences
                {
                    BlockTable = table, CumulativeLengths = cumulative, PastLengths = past, Tokens = Tokens, Count = _past.Length,
                    MaxBlocks = _maxBlocks, Blocks = Blocks, BlockSize = BlockSize, Positions = Positions,
                },
            };
            var writer = new CacheWriter(arguments);
            for (var i = 0; i * CacheWriter.TokensPerIteration < Tokens; i++)
            {
                writer.Invoke(i);
            }

            var firstTiles = (int*)NativeMemory.Alloc((nuint)(_past.Length + 1) * sizeof(int));
            var tiles = new AttentionTiles(arguments.Sequences, KvHeads, Heads / KvHeads, firstTiles);
            var worker = new AttentionWorker(arguments, tiles);
            for (var i = 0; i < tiles.Count; i++)
            {
                worker.Invoke(i);
            }

            NativeMemory.Free(firstTiles);
        }

        return output;
    }

    /// <summary>The same in scalar double arithmetic, straight from the definition.</summary>
    public double[] Reference()
    {
        var output = new double[Tokens * Heads * HeadSize];
        for (var s = 0; s < _past.Length; s++)
        {
            for (var token = _cumulative[s]; token < _cumulative[s + 1]; token++)
            {
                for (var head = 0; head < Heads; head++)
                {
                    Attend(s, token, head, output.AsSpan((token * Heads + head) * HeadSize, HeadSize));
                }
            }
        }

        return output;
    }

    /// <summary>The same problem with only a chunk of its one sequence's tokens as new, over a cache that earlier chunks wrote (empty at first).</summary>
    public static AttentionProblem Chunk(AttentionProblem whole, int past, int tokens, float[] keyCache, float[] valueCache)
    {
        var stride = whole.Qkv.Length / whole.Tokens;
        return new AttentionProblem(whole, [past], [0, tokens], whole._blockTable, whole.Qkv.AsSpan(past * stride, tokens * stride).ToArray())
        {
            KeyCache = past == 0 ? whole.KeyCache : keyCache,
            ValueCache = past == 0 ? whole.ValueCache : valueCache,
        };
    }

    /// <summary>The same problem with one of its sequences alone, over a copy of the cache.</summary>
    public AttentionProblem Only(int sequence)
    {
        var stride = Qkv.Length / Tokens;
        var (first, last) = (_cumulative[sequence], _cumulative[sequence + 1]);
        return new AttentionProblem(
            this, [_past[sequence]], [0, last - first], _blockTable.AsSpan(sequence * _maxBlocks, _maxBlocks).ToArray(),
            Qkv.AsSpan(first * stride, (last - first) * stride).ToArray());
    }

    private float Scale => 1 / MathF.Sqrt(HeadSize);

    private void Attend(int s, int token, int head, Span<double> output)
    {
        var position = _past[s] + token - _cumulative[s];
        var kvHead = head / (Heads / KvHeads);
        var query = Rotated(token, head, position);
        var scores = new double[position + 1];
        for (var p = 0; p <= position; p++)
        {
            if (Window > 0 && p <= position - Window)
            {
                scores[p] = double.NegativeInfinity;
                continue;
            }

            var key = p < _past[s]
                ? [.. Enumerable.Range(0, HeadSize).Select(i => (double)KeyCache[KeyIndex(s, p, kvHead, i)])]
                : Rotated(_cumulative[s] + p - _past[s], Heads + kvHead, p);
            var score = query.Zip(key, (a, b) => a * b).Sum() * Scale;
            score = Softcap > 0 ? Softcap * Math.Tanh(score / Softcap) : score;
            scores[p] = score - (Slopes.Length > 0 ? Slopes[head] * (position - p) : 0);
        }

        var maximum = scores.Max();
        var weights = scores.Select(score => Math.Exp(score - maximum)).ToArray();
        var sum = weights.Sum();
        for (var p = 0; p <= position; p++)
        {
            for (var i = 0; i < HeadSize; i++)
            {
                var value = p < _past[s] ? ValueCache[ValueIndex(s, p, kvHead, i)] : Row(_cumulative[s] + p - _past[s], Heads + KvHeads + kvHead)[i];
                output[i] += weights[p] / sum * value;
            }
        }
    }

    private double[] Rotated(int token, int head, int position)
    {
        var source = Row(token, head);
        var half = HeadSize / 2;
        var rotated = new double[HeadSize];
        for (var i = 0; i < half; i++)
        {
            double c = _cos[position * half + i], s = _sin[position * half + i];
            rotated[i] = source[i] * c - source[i + half] * s;
            rotated[i + half] = source[i + half] * c + source[i] * s;
        }

        return rotated;
    }

    private ReadOnlySpan<float> Row(int token, int head) => Qkv.AsSpan((token * (Heads + 2 * KvHeads) + head) * HeadSize, HeadSize);

    private int KeyIndex(int s, int position, int head, int i) => ((Block(s, position) * KvHeads + head) * HeadSize + i) * BlockSize + position % BlockSize;

    private int ValueIndex(int s, int position, int head, int i) => ((Block(s, position) * KvHeads + head) * BlockSize + position % BlockSize) * HeadSize + i;

    private int Block(int s, int position) => _blockTable[s * _maxBlocks + position / BlockSize];
}

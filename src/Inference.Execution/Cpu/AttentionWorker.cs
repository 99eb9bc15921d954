using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>
/// Attends for one tile: rows are (token, query head) pairs over one key and value head. Keys come in chunks of fixed positions with a
/// running softmax, so
/// scratch does not grow with the context and a row is computed in the same order whatever else is in its tile or step.
/// </summary>
internal unsafe struct AttentionWorker(AttentionArguments arguments, AttentionTiles tiles) : IParallelBody
{
    private const int KeysPerChunk = 128;

    private AttentionArguments _arguments = arguments;
    private readonly AttentionTiles _tiles = tiles;

    /// <summary>1. rotate the queries; 2. per chunk of keys: scores, running softmax, weighted values; 3. divide by the sums.</summary>
    [SkipLocalsInit]
    public void Invoke(int index)
    {
        ref var args = ref _arguments;
        var (sequence, tile, kvHead) = _tiles[index];
        var firstToken = args.Sequences.CumulativeLengths[sequence] + tile * _tiles.TokensPerTile;
        var tokens = Math.Min(_tiles.TokensPerTile, args.Sequences.CumulativeLengths[sequence + 1] - firstToken);
        var firstPosition = args.Sequences.PositionOf(firstToken, sequence);
        var rows = tokens * args.GroupSize;
        var chunk = Math.Max(KeysPerChunk, args.Sequences.BlockSize);

        var queries = stackalloc float[rows * args.HeadSize];
        var values = stackalloc float[rows * args.HeadSize];
        var scores = stackalloc float[rows * chunk];
        var maxima = stackalloc float[rows];
        var sums = stackalloc float[rows];
        new Span<float>(values, rows * args.HeadSize).Clear();
        BeginSoftmax(kvHead, rows, maxima, sums);
        RotateQueries(firstToken, tokens, firstPosition, kvHead, queries);
        var blockTable = args.Sequences.BlocksOf(sequence);
        var totalKeys = firstPosition + tokens;
        for (var chunkStart = FirstKey(firstPosition) / chunk * chunk; chunkStart < totalKeys; chunkStart += chunk)
        {
            var keys = Math.Min(chunk, totalKeys - chunkStart);
            ScoreChunk(blockTable + chunkStart / args.Sequences.BlockSize, keys, kvHead, queries, scores, rows, chunk);
            for (var row = 0; row < rows; row++)
            {
                var position = firstPosition + row / args.GroupSize;
                var last = Math.Clamp(position + 1 - chunkStart, 0, keys);
                var seen = new Range(Math.Clamp(FirstKey(position) - chunkStart, 0, last), last);
                Adjust(scores + row * chunk, kvHead * args.GroupSize + row % args.GroupSize, position - chunkStart, keys);
                SoftmaxRow(scores + row * chunk, seen, keys, maxima + row, sums + row, values + row * args.HeadSize);
            }

            AddValues(blockTable + chunkStart / args.Sequences.BlockSize, keys, kvHead, scores, values, rows, chunk);
        }

        for (var row = 0; row < rows; row++)
        {
            var head = kvHead * args.GroupSize + row % args.GroupSize;
            var output = args.Output + ((long)(firstToken + row / args.GroupSize) * args.Heads + head) * args.HeadSize;
            Scale(values + row * args.HeadSize, 1 / sums[row], output, args.HeadSize);
        }
    }

    // A sink is a score from the start: its weight, relative to itself, is 1.
    private readonly void BeginSoftmax(int kvHead, int rows, float* maxima, float* sums)
    {
        for (var row = 0; row < rows; row++)
        {
            (maxima[row], sums[row]) = _arguments.Sinks == null
                ? (float.NegativeInfinity, 0)
                : (_arguments.Sinks[(kvHead * _arguments.GroupSize) + (row % _arguments.GroupSize)], 1);
        }
    }

    /// <summary>The first key that a token sees.</summary>
    private readonly int FirstKey(int position) =>
        _arguments.Rules.Window == 0 ? 0 : Math.Max(0, position + 1 - _arguments.Rules.Window);

    private readonly void Adjust(float* scores, int head, int distance, int keys)
    {
        if (_arguments.Rules.Softcap > 0)
        {
            ScoreAdjustment.Cap(scores, WholeVectors(keys), _arguments.Rules.Softcap);
        }

        if (_arguments.Slopes != null)
        {
            ScoreAdjustment.AddBias(scores, WholeVectors(keys), _arguments.Slopes[head], distance);
        }
    }

    private readonly void RotateQueries(int firstToken, int tokens, int firstPosition, int kvHead, float* queries)
    {
        var half = _arguments.HeadSize / 2;
        for (var token = 0; token < tokens; token++)
        {
            var offset = (long)(firstPosition + token) * half;
            for (var head = 0; head < _arguments.GroupSize; head++)
            {
                var source = _arguments.Query(firstToken + token, kvHead * _arguments.GroupSize + head);
                Rotary.Apply(source, _arguments.Cos + offset, _arguments.Sin + offset, queries, half, _arguments.Rules.Scale);
                queries += _arguments.HeadSize;
            }
        }
    }

    private readonly void ScoreChunk(int* blocks, int keys, int kvHead, float* queries, float* scores, int rows, int chunk)
    {
        var (blockSize, headSize) = (_arguments.Sequences.BlockSize, _arguments.HeadSize);
        for (var key = 0; key < keys; key += blockSize, blocks++)
        {
            for (var row = 0; row < rows; row++)
            {
                new Span<float>(scores + row * chunk + key, blockSize).Clear();
            }

            MatrixKernel.MultiplyAdd(
                queries, headSize, _arguments.KeyBlock(*blocks, kvHead), blockSize, scores + key, chunk, rows, headSize, blockSize);
        }
    }

    private readonly void SoftmaxRow(float* scores, Range seen, int keys, float* maximum, float* sum, float* values)
    {
        var length = WholeVectors(keys);
        if (seen.Start.Value == seen.End.Value)
        {
            new Span<float>(scores, length).Clear();
            return;
        }

        var correction = SoftmaxKernel.Accumulate(scores, seen, length, ref *maximum, ref *sum);
        if (correction != 1)
        {
            Scale(values, correction, values, _arguments.HeadSize);
        }
    }

    private readonly void AddValues(int* blocks, int keys, int kvHead, float* weights, float* values, int rows, int chunk)
    {
        var (blockSize, headSize) = (_arguments.Sequences.BlockSize, _arguments.HeadSize);
        for (var key = 0; key < keys; key += blockSize, blocks++)
        {
            // Slots past the last key hold what an earlier owner of the block left there.
            MatrixKernel.MultiplyAdd(
                weights + key, chunk, _arguments.ValueBlock(*blocks, kvHead), headSize, values, headSize,
                rows, Math.Min(blockSize, keys - key), headSize);
        }
    }

    private static int WholeVectors(int keys) => (keys + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    private static void Scale(float* source, float factor, float* destination, int length)
    {
        for (var i = 0; i < length; i += Vector<float>.Count)
        {
            (Vector.Load(source + i) * factor).Store(destination + i);
        }
    }
}

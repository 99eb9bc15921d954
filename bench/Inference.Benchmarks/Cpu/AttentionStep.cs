using System.Runtime.InteropServices;
using Inference.Execution.Cpu;

namespace Inference.Benchmarks.Cpu;

/// <summary>
/// The float32 attention of one layer of SmolLM2-135M in one step, on random numbers, over blocks in random order, on the calling thread.
/// </summary>
internal sealed unsafe class AttentionStep : IDisposable
{
    private const int Heads = 9;
    private const int KvHeads = 3;
    private const int HeadSize = 64;
    private const int BlockSize = 16;

    private readonly List<nint> _memory = [];
    private readonly Random _random = new(1);
    private readonly AttentionArguments _arguments;
    private readonly AttentionTiles _tiles;

    /// <param name="sequences">How many, all alike.</param>
    /// <param name="past">Tokens in the cache of each.</param>
    /// <param name="count">Tokens of each in the step.</param>
    public AttentionStep(int sequences, int past, int count)
    {
        var blocksPerSequence = (past + count + BlockSize - 1) / BlockSize;
        var blocks = sequences * blocksPerSequence;
        var tokens = sequences * count;
        var table = Enumerable.Range(0, blocks).ToArray();
        _random.Shuffle(table);
        _arguments = new AttentionArguments
        {
            Qkv = RandomFloats((long)tokens * (Heads + 2 * KvHeads) * HeadSize),
            KeyCache = RandomFloats((long)blocks * KvHeads * HeadSize * BlockSize),
            ValueCache = RandomFloats((long)blocks * KvHeads * HeadSize * BlockSize),
            Cos = RandomFloats((long)(past + count) * HeadSize / 2),
            Sin = RandomFloats((long)(past + count) * HeadSize / 2),
            Output = RandomFloats((long)tokens * Heads * HeadSize),
            Sequences = new PagedSequences
            {
                BlockTable = Integers(table),
                CumulativeLengths = Integers([.. Enumerable.Range(0, sequences + 1).Select(sequence => sequence * count)]),
                PastLengths = Integers([.. Enumerable.Repeat(past, sequences)]),
                Tokens = tokens,
                Count = sequences,
                MaxBlocks = blocksPerSequence,
                Blocks = blocks,
                BlockSize = BlockSize,
                Positions = past + count,
            },
            Heads = Heads,
            KvHeads = KvHeads,
            HeadSize = HeadSize,
            Rules = new ScoreRules(1 / MathF.Sqrt(HeadSize), Window: 0, Softcap: 0),
        };
        _tiles = new AttentionTiles(_arguments.Sequences, KvHeads, _arguments.GroupSize, Integers(new int[sequences + 1]));
    }

    /// <summary>Bytes of keys and values per position of one sequence.</summary>
    public const int BytesPerPosition = 2 * KvHeads * HeadSize * sizeof(float);

    /// <summary>Floating-point operations per query token and key that it attends to: both matrix products.</summary>
    public const int OperationsPerPair = 4 * Heads * HeadSize;

    public void WriteCache()
    {
        var writer = new CacheWriter(_arguments);
        for (var i = 0; i * CacheWriter.TokensPerIteration < _arguments.Sequences.Tokens; i++)
            writer.Invoke(i);
    }

    public void Attend()
    {
        var worker = new AttentionWorker(_arguments, _tiles);
        for (var i = 0; i < _tiles.Count; i++)
            worker.Invoke(i);
    }

    public void Dispose()
    {
        _memory.ForEach(memory => NativeMemory.AlignedFree((void*)memory));
        _memory.Clear();
    }

    /// <summary>Numbers in [-1, 1).</summary>
    private float* RandomFloats(long length)
    {
        var numbers = Allocate<float>(length);
        for (var i = 0L; i < length; i++)
            numbers[i] = _random.NextSingle() * 2 - 1;
        return numbers;
    }

    private int* Integers(int[] values)
    {
        var memory = Allocate<int>(values.Length);
        values.CopyTo(new Span<int>(memory, values.Length));
        return memory;
    }

    private T* Allocate<T>(long length)
        where T : unmanaged
    {
        var memory = NativeMemory.AlignedAlloc((nuint)(length * sizeof(T)), 64);
        _memory.Add((nint)memory);
        return (T*)memory;
    }
}

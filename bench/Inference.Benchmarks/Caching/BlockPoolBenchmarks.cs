using BenchmarkDotNet.Attributes;
using Inference.Engine.Caching;

namespace Inference.Benchmarks.Caching;

/// <summary>What a sequence costs the block pool: nothing new for most tokens, blocks for a prompt, and their return.</summary>
public class BlockPoolBenchmarks
{
    private const int BlockSize = 16;
    private const int Blocks = 256;

    private BlockPool _pool = null!;
    private readonly BlockTable _grown = new();
    private readonly BlockTable _table = new();

    [Params(1_024, 1_000_000)]
    public int PoolBlocks { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _pool = new BlockPool(PoolBlocks, BlockSize);
        if (_pool.TryReserve(_grown, 0, BlockSize, out var reservation))
            reservation.Commit();
    }

    [Benchmark]
    public bool ReserveWithinBlock()
    {
        var isReserved = _pool.TryReserve(_grown, 0, BlockSize, out var reservation);
        reservation.Commit();
        return isReserved;
    }

    /// <summary>Time per block.</summary>
    [Benchmark(OperationsPerInvoke = Blocks)]
    public void ReserveAndRelease()
    {
        if (_pool.TryReserve(_table, 0, Blocks * BlockSize, out var reservation))
            reservation.Commit();
        _pool.Release(_table);
    }
}

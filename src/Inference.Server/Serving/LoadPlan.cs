using Inference.Execution;
using Inference.Models;
using Inference.Models.Conversion;
using Inference.Server.Options;

namespace Inference.Server.Serving;

/// <summary>
/// In which numbers a model runs, and how large its cache is: what the options and the model's own numbers make of one another.
/// </summary>
/// <param name="DType">The arithmetic.</param>
/// <param name="KvCacheDType">The numbers of the cache.</param>
/// <param name="Executor">The executor's settings.</param>
internal sealed record LoadPlan(ModelDType DType, KvCacheDType KvCacheDType, ExecutorOptions Executor)
{
    /// <summary>Whether adapters can change it.</summary>
    public bool TakesAdapters { get; init; }

    // Two GiB hold 45,000 tokens of the default model; a quarter of the memory leaves room for the weights of a model that suits the machine.
    private const long MaxDefaultCacheMemory = 2L << 30;
    private const int DefaultCacheShare = 4;

    /// <summary>The plan for a model that is still to be converted.</summary>
    /// <param name="spec">What it computes.</param>
    /// <param name="options">Its options.</param>
    /// <param name="cacheShares">Models that divide the memory for caches.</param>
    /// <exception cref="OptionException">An option does not suit the model.</exception>
    public static LoadPlan For(DecoderSpec spec, ServerOptions options, int cacheShares)
    {
        var dtype = DTypeFor(spec, options.Dtype);
        return With(spec, dtype, KvCacheDTypeFor(spec, dtype, options.KvCacheDtype), options, cacheShares);
    }

    /// <summary>The plan for a model that has been converted.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Its options.</param>
    /// <param name="cacheShares">Models that divide the memory for caches.</param>
    /// <exception cref="OptionException">An option asks for something else than what it was converted to.</exception>
    public static LoadPlan For(ConvertedModel model, ServerOptions options, int cacheShares)
    {
        CheckConverted("--dtype", options.Dtype, model.DType.ToString());
        CheckConverted("--kv-cache-dtype", options.KvCacheDtype, model.KvCacheDType.ToString());
        return With(model.Spec, model.DType, model.KvCacheDType, options, cacheShares);
    }

    /// <summary>Memory for caches, bytes, where no number of blocks is given.</summary>
    /// <exception cref="OptionException">More than the machine has.</exception>
    public static long CacheMemory(ServerOptions options)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var memory = options.KvCacheMemory ?? Math.Min(MaxDefaultCacheMemory, available / DefaultCacheShare);
        return memory <= available
            ? memory
            : throw new OptionException($"--kv-cache-memory {memory}: this machine has {available} bytes of memory");
    }

    private static void CheckConverted(string option, string asked, string converted)
    {
        if (asked != "auto" && !asked.Equals(converted, StringComparison.OrdinalIgnoreCase))
        {
            throw new OptionException($"{option} {asked}: the model was converted to {converted.ToLowerInvariant()}");
        }
    }

    // 8 bits wherever the model allows: several times as fast, for a loss below the noise of most uses.
    private static ModelDType DTypeFor(DecoderSpec spec, string name)
    {
        var isSupported = Int8Support.IsSupported(spec, out var reason);
        return name switch
        {
            "float32" => ModelDType.Float32,
            "int8" when !isSupported => throw new OptionException($"--dtype int8: {reason}"),
            _ => isSupported ? ModelDType.Int8 : ModelDType.Float32,
        };
    }

    private static KvCacheDType KvCacheDTypeFor(DecoderSpec spec, ModelDType dtype, string name) => name switch
    {
        "float32" => KvCacheDType.Float32,
        "int8" when !Int8Support.IsCacheSupported(spec, out var reason) => throw new OptionException($"--kv-cache-dtype int8: {reason}"),
        "int8" => KvCacheDType.Int8,
        _ => Int8Support.DefaultCache(spec, dtype),
    };

    private static LoadPlan With(DecoderSpec spec, ModelDType dtype, KvCacheDType cacheDtype, ServerOptions options, int cacheShares)
    {
        if (options.MaxModelLen > spec.MaxPositions)
        {
            throw new OptionException($"--max-model-len {options.MaxModelLen}: the model was made for {spec.MaxPositions} tokens at most");
        }

        return new LoadPlan(dtype, cacheDtype, new ExecutorOptions
        {
            Threads = options.Threads ?? 0,
            BlockSize = options.BlockSize,
            BlockCount = options.NumBlocks ?? BlockCount(spec, cacheDtype, options, cacheShares),
            MaxModelLength = options.MaxModelLen ?? spec.MaxPositions,
        });
    }

    private static int BlockCount(DecoderSpec spec, KvCacheDType cacheDtype, ServerOptions options, int shares)
    {
        var blockBytes = KvCache.BytesPerBlock(spec.Shape, cacheDtype, options.BlockSize);
        var memory = CacheMemory(options) / shares;
        return memory / blockBytes is >= 1 and var count
            ? (int)Math.Min(count, int.MaxValue)
            : throw new OptionException($"--kv-cache-memory {memory}: one block of {options.BlockSize} tokens takes {blockBytes} bytes");
    }
}

using System.Collections.Immutable;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Int8;

namespace Inference.Models.Conversion;

/// <summary>What a model is converted to.</summary>
/// <param name="DType">In which numbers it computes.</param>
/// <param name="KvCacheDType">In which numbers it keeps keys and values.</param>
/// <param name="TakesAdapters">Whether adapters can change its projections.</param>
internal sealed record ConversionTarget(ModelDType DType, KvCacheDType KvCacheDType, bool TakesAdapters = false)
{
    /// <summary>The target that options ask for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such type.</exception>
    /// <exception cref="ModelFormatException">The model cannot be converted to it.</exception>
    public static ConversionTarget Of(ConversionOptions options, DecoderSpec spec)
    {
        var dtype = Enum.IsDefined(options.DType)
            ? options.DType
            : throw new ArgumentOutOfRangeException(nameof(options), options.DType, "--dtype is float32 or int8");
        var cache = options.KvCacheDType ?? Int8Support.DefaultCache(spec, dtype);
        if (dtype == ModelDType.Int8 && !Int8Support.IsSupported(spec, out var reason))
        {
            throw new ModelFormatException($"the model cannot run in int8: {reason} (--dtype float32 can run it)");
        }

        if (cache == KvCacheDType.Int8 && !Int8Support.IsCacheSupported(spec, out reason))
        {
            throw new ModelFormatException($"the model cannot use a KV cache in int8: {reason} (--kv-cache-dtype float32 can)");
        }

        return new ConversionTarget(dtype, cache, options.TakesAdapters);
    }

    /// <summary>Of the model and its constants.</summary>
    public ImmutableArray<string> FileNames => DType == ModelDType.Int8
        ? [ModelWriter.ModelFile, ModelWriter.WeightsFile, ModelWriter.HeadScalesFile]
        : [ModelWriter.ModelFile, ModelWriter.WeightsFile];

    /// <summary>Plans the graph of a model.</summary>
    /// <exception cref="ModelFormatException">A weight is missing or has another shape.</exception>
    public EmittedGraph Emit(DecoderSpec spec, WeightSource weights) => DType == ModelDType.Int8
        ? Int8GraphEmitter.Emit(spec, weights, ModelWriter.WeightsFile, ModelWriter.HeadScalesFile, KvCacheDType, TakesAdapters)
        : DecoderGraphEmitter.Emit(spec, weights, ModelWriter.WeightsFile, KvCacheDType, TakesAdapters);
}

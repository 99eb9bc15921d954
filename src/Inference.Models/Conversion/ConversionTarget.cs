using System.Collections.Immutable;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Int8;

namespace Inference.Models.Conversion;

/// <summary>What a model is converted to.</summary>
/// <param name="DType">In which numbers it computes.</param>
/// <param name="EmitterVersion">Of the code that emits the graph.</param>
/// <param name="FileNames">Of the model and its constants.</param>
/// <param name="Emit">Plans the graph of a model.</param>
internal sealed record ConversionTarget(
    ModelDType DType, int EmitterVersion, ImmutableArray<string> FileNames, Func<DecoderSpec, WeightSource, EmittedGraph> Emit)
{
    private static readonly ConversionTarget Float32 = new(
        ModelDType.Float32,
        DecoderGraphEmitter.Version,
        [ModelWriter.ModelFile, ModelWriter.WeightsFile],
        (spec, weights) => DecoderGraphEmitter.Emit(spec, weights, ModelWriter.WeightsFile));

    private static readonly ConversionTarget Int8 = new(
        ModelDType.Int8,
        Int8GraphEmitter.Version,
        [ModelWriter.ModelFile, ModelWriter.WeightsFile, ModelWriter.HeadScalesFile],
        (spec, weights) => Int8GraphEmitter.Emit(spec, weights, ModelWriter.WeightsFile, ModelWriter.HeadScalesFile));

    /// <exception cref="ArgumentOutOfRangeException">No such type.</exception>
    public static ConversionTarget Of(ModelDType dtype) => dtype switch
    {
        ModelDType.Float32 => Float32,
        ModelDType.Int8 => Int8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "--dtype is float32 or int8"),
    };
}

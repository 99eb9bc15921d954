using Inference.Execution.Cpu.Int8;
using Inference.Execution.Cpu.Int8.Layers;
using Inference.Execution.Cpu.Int8.Products;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>
/// The operators that emitted graphs need and ONNX Runtime's CPU provider lacks. Registered once; sessions in the process share them.
/// </summary>
internal static class CpuOperators
{
    /// <summary>The domain, kept for the life of the process.</summary>
    public static CustomOperatorDomain Domain { get; } = new(
        GraphContract.Domain,
        new PagedAttentionOperator(),
        new QueryKeyNormOperator(),
        new PackHeadsOperator(),
        new PositionIdsOperator(),
        new SwiGluOperator(),
        new PagedAttentionInt8CacheOperator(),
        new QuantizeRowsOperator(),
        new DequantizeRowsOperator(),
        new EmbedNormQuantizeOperator(),
        new PagedAttentionInt8Operator(),
        new AddNormQuantizeOperator(),
        new SwiGluQuantizeOperator(),
        new GatherAddNormQuantizeOperator(),
        new ArgMaxRowsOperator(),
        new ProductOperator(),
        new HeadOperator(),
        LayerOperator.BetweenAttentions(),
        LayerOperator.AfterLastAttention());
}

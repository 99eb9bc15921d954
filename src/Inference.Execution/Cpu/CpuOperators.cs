using Inference.Execution.Cpu.Int8;
using Inference.Execution.Cpu.Int8.Layers;
using Inference.Execution.Cpu.Int8.Products;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>
/// The operators that emitted graphs need and ONNX Runtime's CPU provider lacks. Sessions with as many threads share them.
/// </summary>
internal static class CpuOperators
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, CustomOperatorDomain> Domains = [];

    /// <summary>The domain for sessions with so many threads, kept for the life of the process.</summary>
    /// <param name="threads">At least 1: into so many parts operators cut their work.</param>
    public static CustomOperatorDomain For(int threads)
    {
        lock (Gate)
        {
            if (!Domains.TryGetValue(threads, out var domain))
            {
                Domains[threads] = domain = Create(threads);
            }

            return domain;
        }
    }

    private static CustomOperatorDomain Create(int threads) => new(
        GraphContract.Domain,
        new PagedAttentionOperator(),
        new QueryKeyNormOperator(),
        new PackHeadsOperator(),
        new PositionIdsOperator(),
        new SwiGluOperator(),
        new PagedAttentionInt8CacheOperator(threads),
        new QuantizeRowsOperator(),
        new DequantizeRowsOperator(),
        new EmbedNormQuantizeOperator(),
        new PagedAttentionInt8Operator(threads),
        new AddNormQuantizeOperator(),
        new SwiGluQuantizeOperator(),
        new GatherAddNormQuantizeOperator(),
        new ArgMaxRowsOperator(),
        new ProductOperator(),
        new HeadOperator(),
        LayerOperator.BetweenAttentions(threads),
        LayerOperator.AfterLastAttention(threads));
}

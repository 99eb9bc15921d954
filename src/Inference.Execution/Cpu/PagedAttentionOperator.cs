using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu;

/// <summary>
/// Attention over a paged KV cache (vLLM, Kwon et al., SOSP 2023, section 4) for packed sequences, each with any number of new tokens
/// after any number of
/// cached ones: rotary positions, grouped queries, causal. Writes the new keys and values into the cache, in place.
/// </summary>
internal sealed class PagedAttentionOperator : CustomOperator
{
    public PagedAttentionOperator()
        : base(
            GraphContract.PagedAttention,
            [
                TensorElementType.Float, TensorElementType.Float, TensorElementType.Float,
                TensorElementType.Int32, TensorElementType.Int32, TensorElementType.Int32,
                TensorElementType.Float, TensorElementType.Float, TensorElementType.Float, TensorElementType.Float,
            ],
            [TensorElementType.Float])
    {
        // The slopes of linear biases, and the sinks.
        OptionalInputs = 2;
    }

    /// <summary>The attributes that say how many heads there are.</summary>
    /// <exception cref="ArgumentException">The query heads are no multiple of the key and value heads.</exception>
    internal static (int Heads, int KvHeads) ReadHeads(KernelInfo info)
    {
        var heads = checked((int)info.GetInt64(GraphContract.NumHeads));
        var kvHeads = checked((int)info.GetInt64(GraphContract.KvNumHeads));
        Arguments.Require(
            heads >= 1 && kvHeads >= 1 && heads % kvHeads == 0,
            $"{GraphContract.NumHeads} {heads} is not a multiple of {GraphContract.KvNumHeads} {kvHeads}.");
        return (heads, kvHeads);
    }

    protected override OperatorKernel CreateKernel(KernelInfo info)
    {
        var (heads, kvHeads) = ReadHeads(info);
        var window = info.GetInt64(GraphContract.Window);
        Arguments.Require(window is >= 0 and <= int.MaxValue, $"{GraphContract.Window} is {window}");
        return new PagedAttentionKernel(
            heads, kvHeads, new ScoreRules(info.GetSingle(GraphContract.Scale), (int)window, info.GetSingle(GraphContract.Softcap)));
    }
}

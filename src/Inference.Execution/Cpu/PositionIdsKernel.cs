using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>Counts on from each sequence's past.</summary>
internal sealed unsafe class PositionIdsKernel : OperatorKernel
{
    protected override void Compute(KernelContext context)
    {
        var tokens = context.Input(0)[0];
        var cumulative = context.Input(1);
        var past = context.Input(2);
        var sequences = past[0];
        Arguments.Require(cumulative[0] == sequences + 1, "the inputs disagree on the number of sequences");
        var lengths = new ReadOnlySpan<int>(cumulative.Data<int>(), sequences + 1);
        var pastLengths = new ReadOnlySpan<int>(past.Data<int>(), sequences);
        Arguments.Require(lengths[0] == 0 && lengths[^1] == tokens, "cumulative lengths do not span the tokens");
        var output = new Span<long>(context.Output(0, tokens).Data<long>(), tokens);
        for (var sequence = 0; sequence < sequences; sequence++)
        {
            Arguments.Require(lengths[sequence] <= lengths[sequence + 1] && lengths[sequence + 1] <= tokens, "a length is negative");
            var ids = output[lengths[sequence]..lengths[sequence + 1]];
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = pastLengths[sequence] + i;
            }
        }
    }
}

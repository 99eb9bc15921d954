using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// The product with the head, and each row's largest scaled sum, found panel by panel while the sums are in the nearest cache. The sums
/// themselves, 200 KB a row with a vocabulary of 50,000, are written to memory only for those who ask for them.
/// </summary>
internal sealed unsafe class HeadKernel<T>(HeadWeights weights) : OperatorKernel, IDisposable
    where T : unmanaged, ILanes<T>
{
    public void Dispose() => weights.Dispose();

    protected override void Compute(KernelContext context)
    {
        var matrix = weights.Matrix;
        var activations = context.Input(0);
        var wanted = context.Input(3);
        Arguments.Require(
            activations.Rank == 2 && activations[1] == matrix.Inputs, "the activations do not have as many columns as the weights have rows");
        Arguments.Require(wanted.Rank == 1 && wanted[0] == 1, "whether logits are wanted is not one number");
        var rows = activations[0];
        var isWanted = *wanted.Data<long>() != 0;
        var sums = context.Output(0, isWanted ? rows : 0, matrix.Outputs).Data<int>();
        var tokens = context.Output(1, rows).Data<int>();
        if (rows > 0)
        {
            using var padded = new PaddedRows(activations.Data<byte>(), rows, matrix.Inputs, matrix.Width);
            using var runs = new HeadRuns<T>(weights, padded.Start, rows, isWanted ? sums : null);
            context.ParallelFor(runs.Count, runs);
            runs.Merge(tokens);
        }
    }
}

using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// Runs a body for every row, in this thread or in several: what is soon done is done before another thread would have woken up.
/// </summary>
internal static class RowLoop
{
    // Work that is worth a second thread, and that is worth fetching as an iteration.
    private const long ParallelNanoseconds = 12_000;
    private const long IterationNanoseconds = 4_000;

    /// <summary>Runs <paramref name="body"/> for every index below <paramref name="rows"/>, and waits.</summary>
    /// <param name="context">The running node.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="nanosecondsPerRow">A rough estimate.</param>
    /// <param name="body">Computes the row of its index.</param>
    public static void Run<TBody>(KernelContext context, int rows, int nanosecondsPerRow, TBody body)
        where TBody : unmanaged, IParallelBody
    {
        var group = new RowGroup<TBody>(body, rows, RowsPerIteration(rows, nanosecondsPerRow));
        context.ParallelFor(group.Count, group);
    }

    /// <summary>All rows if they are not worth a second thread.</summary>
    internal static int RowsPerIteration(int rows, int nanosecondsPerRow)
    {
        var cost = Math.Max(1, nanosecondsPerRow);
        return Math.Max(1, rows * (long)cost < ParallelNanoseconds ? rows : (int)(IterationNanoseconds / cost));
    }

    /// <summary>Neighbouring rows as one iteration.</summary>
    private struct RowGroup<TBody>(TBody body, int rows, int rowsPerIteration) : IParallelBody
        where TBody : unmanaged, IParallelBody
    {
        private readonly TBody _body = body;

        public readonly int Count => (rows + rowsPerIteration - 1) / rowsPerIteration;

        public readonly void Invoke(int index)
        {
            var last = Math.Min(rows, (index + 1) * rowsPerIteration);
            for (var row = index * rowsPerIteration; row < last; row++)
            {
                _body.Invoke(row);
            }
        }
    }
}

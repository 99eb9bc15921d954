namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>Pair products with AVX-512 VNNI, generated at their first use.</summary>
internal static unsafe class VnniPairCode
{
    private static readonly nint[]? Functions = ProcessorFeatures.HasAvx512Vnni
        ? ExecutableCode.Load([.. Enumerable.Range(1, VnniPairEmitter.MostRows).Select(VnniPairEmitter.Emit)])
        : null;

    /// <summary>Whether the processor has the instructions and the system allows generated code.</summary>
    public static bool IsSupported { get; } = Functions is not null;

    /// <summary>Computes 32 columns of any number of rows, as <see cref="PairProduct{T}.Compute"/> does.</summary>
    public static void Run(short* a, int aStride, in PairPanels b, int* c, int cStride, int rows)
    {
        var arguments = new PairProductArguments
        {
            AStride = aStride * sizeof(short),
            Left = b.Left,
            Right = b.Right,
            LeftOffset = b.LeftOffset,
            RightOffset = b.RightOffset,
            Count = b.Count,
            Pairs = b.Pairs,
            Stride = b.Stride,
            CStride = cStride * sizeof(int),
        };
        var blocks = (rows + VnniPairEmitter.MostRows - 1) / VnniPairEmitter.MostRows;
        for (int block = 0, row = 0; block < blocks; block++)
        {
            var end = rows * (block + 1) / blocks;
            arguments.A = a + (long)row * aStride;
            arguments.C = c + (long)row * cStride;

            // Some hundred nanoseconds: the collector can wait so long.
            ((delegate* unmanaged[SuppressGCTransition]<PairProductArguments*, void>)Functions![end - row - 1])(&arguments);
            row = end;
        }
    }
}

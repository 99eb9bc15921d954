namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>Pair products with AVX-512 VNNI, generated at their first use.</summary>
internal static unsafe class VnniPairCode
{
    private static readonly nint[]? Plain = Generate(VnniPairEmitter.MostRows, fetches: false);
    private static readonly nint[]? Fetching = Generate(VnniPairEmitter.MostFetchingRows, fetches: true);

    /// <summary>Whether the processor has the instructions and the system allows generated code.</summary>
    public static bool IsSupported { get; } = Plain is not null && Fetching is not null;

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
        var first = b.Ahead == null ? 0 : Math.Min(rows, VnniPairEmitter.MostFetchingRows);
        if (first > 0)
        {
            arguments.Ahead = b.Ahead;
            arguments.A = a;
            arguments.C = c;
            Call(Fetching![first - 1], &arguments);
        }

        var blocks = (rows - first + VnniPairEmitter.MostRows - 1) / VnniPairEmitter.MostRows;
        for (int block = 0, row = first; block < blocks; block++)
        {
            var end = first + (rows - first) * (block + 1) / blocks;
            arguments.A = a + (long)row * aStride;
            arguments.C = c + (long)row * cStride;
            Call(Plain![end - row - 1], &arguments);
            row = end;
        }
    }

    // Some hundred nanoseconds: the collector can wait so long.
    private static void Call(nint function, PairProductArguments* arguments) =>
        ((delegate* unmanaged[SuppressGCTransition]<PairProductArguments*, void>)function)(arguments);

    private static nint[]? Generate(int mostRows, bool fetches) => ProcessorFeatures.HasAvx512Vnni
        ? ExecutableCode.Load([.. Enumerable.Range(1, mostRows).Select(rows => VnniPairEmitter.Emit(rows, fetches))])
        : null;
}

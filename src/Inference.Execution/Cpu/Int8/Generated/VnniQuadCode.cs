namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>Quad products with AVX-512 VNNI, generated at their first use.</summary>
internal static unsafe class VnniQuadCode
{
    private static readonly Functions? TimesSigned = Functions.TryGenerate(isUnsigned: false);
    private static readonly Functions? TimesUnsigned = Functions.TryGenerate(isUnsigned: true);

    /// <summary>Whether the processor has the instructions and the system allows generated code.</summary>
    public static bool IsSupported { get; } = TimesSigned is not null && TimesUnsigned is not null;

    /// <summary>Computes 32 columns of any number of rows, as <see cref="QuadProduct{T}.Compute"/> does.</summary>
    public static void Run(byte* a, int aStride, in QuadPanels b, int* starts, int* c, int cStride, int rows)
    {
        var functions = (b.IsUnsigned ? TimesUnsigned : TimesSigned)!;
        var arguments = new QuadProductArguments
        {
            AStride = aStride,
            Left = b.Left,
            Right = b.Right,
            LeftOffset = b.LeftOffset,
            RightOffset = b.RightOffset,
            Count = b.Count,
            Quads = b.Quads,
            Stride = b.Stride,
            CStride = cStride * sizeof(int),
        };
        var first = b.Ahead == null ? 0 : Math.Min(rows, VnniQuadEmitter.MostFetchingRows);
        if (first > 0)
        {
            arguments.Ahead = b.Ahead;
            arguments.A = a;
            arguments.Starts = starts;
            arguments.C = c;
            Call(functions.Fetching[first - 1], &arguments);
        }

        var blocks = (rows - first + VnniQuadEmitter.MostRows - 1) / VnniQuadEmitter.MostRows;
        for (int block = 0, row = first; block < blocks; block++)
        {
            var end = first + (rows - first) * (block + 1) / blocks;
            arguments.A = a + (long)row * aStride;
            arguments.Starts = starts + row;
            arguments.C = c + (long)row * cStride;
            Call(functions.Plain[end - row - 1], &arguments);
            row = end;
        }
    }

    // Some hundred nanoseconds: the collector can wait so long.
    private static void Call(nint function, QuadProductArguments* arguments) =>
        ((delegate* unmanaged[SuppressGCTransition]<QuadProductArguments*, void>)function)(arguments);

    /// <summary>A function for each number of rows.</summary>
    private sealed record Functions(nint[] Plain, nint[] Fetching)
    {
        public static Functions? TryGenerate(bool isUnsigned) =>
            ProcessorFeatures.HasAvx512Vnni
            && Load(VnniQuadEmitter.MostRows, isUnsigned, fetches: false) is { } plain
            && Load(VnniQuadEmitter.MostFetchingRows, isUnsigned, fetches: true) is { } fetching
                ? new Functions(plain, fetching)
                : null;

        private static nint[]? Load(int mostRows, bool isUnsigned, bool fetches) =>
            ExecutableCode.Load([.. Enumerable.Range(1, mostRows).Select(rows => VnniQuadEmitter.Emit(rows, isUnsigned, fetches))]);
    }
}

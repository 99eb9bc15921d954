namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>Panel products with AVX-512 VNNI, generated at their first use.</summary>
internal static unsafe class VnniPanelCode
{
    /// <summary>Cache lines in a group of a panel.</summary>
    private const int LinesPerGroup = 2;

    // Groups times rows of some microseconds: the collector can wait so long, and the call costs less.
    private const int MostWorkOfShortCalls = 8192;

    private static readonly nint[]? Plain = ProcessorFeatures.HasAvx512Vnni ? Generate(linesAhead: 0) : null;
    private static readonly nint[]? Fetching = ProcessorFeatures.HasAvx512Vnni ? Generate(LinesPerGroup) : null;

    /// <summary>Whether the processor has the instructions and the system allows generated code.</summary>
    public static bool IsSupported => Plain is not null && Fetching is not null;

    /// <summary>Multiplies rows with a panel.</summary>
    /// <param name="arguments">All pointers are valid for <paramref name="rows"/> rows.</param>
    /// <param name="rows">1 to <see cref="VnniPanelEmitter.MostRows"/>.</param>
    public static void Run(ref PanelProductArguments arguments, int rows)
    {
        var code = (arguments.Ahead == null ? Plain : Fetching)![rows - 1];
        fixed (PanelProductArguments* pointer = &arguments)
        {
            if (pointer->Groups * rows <= MostWorkOfShortCalls)
            {
                ((delegate* unmanaged[SuppressGCTransition]<PanelProductArguments*, void>)code)(pointer);
            }
            else
            {
                ((delegate* unmanaged<PanelProductArguments*, void>)code)(pointer);
            }
        }
    }

    private static nint[]? Generate(int linesAhead) =>
        ExecutableCode.Load([.. Enumerable.Range(1, VnniPanelEmitter.MostRows).Select(rows => VnniPanelEmitter.Emit(rows, linesAhead))]);
}

using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>
/// How generated code reaches rows that lie one stride apart: every third row has a register, the two behind it are one and two strides
/// further.
/// </summary>
internal static class RowBases
{
    /// <summary>The most rows.</summary>
    public const int MostRows = 15;

    /// <summary>Rows that share a register.</summary>
    public const int RowsPerBase = 3;

    /// <summary>Bytes from a row to the next.</summary>
    public static readonly AssemblerRegister64 Stride = r9;

    /// <summary>Where the first row is; the others are computed from it.</summary>
    public static readonly AssemblerRegister64 First = rax;

    private static readonly AssemblerRegister64[] Bases = [First, rdx, rsi, r8, r10];

    /// <summary>Computes the other rows' registers.</summary>
    public static void Spread(Assembler code, int rows)
    {
        for (var i = 1; i * RowsPerBase < rows; i++)
        {
            code.lea(Bases[i], __[Bases[i - 1] + Stride * 2]);
            code.add(Bases[i], Stride);
        }
    }

    /// <summary>Moves all rows on by so many bytes.</summary>
    public static void Advance(Assembler code, int rows, int bytes)
    {
        for (var i = 0; i * RowsPerBase < rows; i++)
        {
            code.add(Bases[i], bytes);
        }
    }

    /// <summary>The address of a row.</summary>
    public static AssemblerMemoryOperand Row(int row) => (row % RowsPerBase) switch
    {
        0 => __[Bases[row / RowsPerBase]],
        1 => __[Bases[row / RowsPerBase] + Stride],
        _ => __[Bases[row / RowsPerBase] + Stride * 2],
    };
}

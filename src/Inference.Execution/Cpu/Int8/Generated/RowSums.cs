using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>The sums that generated code keeps in registers: 32 for each row, in two.</summary>
internal static class RowSums
{
    /// <summary>Bytes in a register.</summary>
    public const int BytesPerVector = 64;

    private static readonly AssemblerRegisterZMM[] Registers =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14,
        zmm15, zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29,
    ];

    /// <summary>A row's left (0) or right (1) sums.</summary>
    public static AssemblerRegisterZMM Of(int row, int vector) => Registers[2 * row + vector];

    /// <summary>Writes all rows. The two registers are used up.</summary>
    /// <param name="code">Where the instructions go.</param>
    /// <param name="rows">How many.</param>
    /// <param name="row">The first row of the result.</param>
    /// <param name="stride">Bytes from a row to the next.</param>
    public static void Store(Assembler code, int rows, AssemblerRegister64 row, AssemblerRegister64 stride)
    {
        for (var i = 0; i < rows; i++)
        {
            code.vmovdqu32(__zmmword_ptr[row], Of(i, 0));
            code.vmovdqu32(__zmmword_ptr[row + BytesPerVector], Of(i, 1));
            code.add(row, stride);
        }
    }
}

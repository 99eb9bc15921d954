using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;
using static Inference.Execution.Cpu.Int8.Generated.GeneratedFunction;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>
/// Writes the machine code of a <see cref="QuadProduct{T}"/> with AVX-512 VNNI: <c>vpdpbusd</c> multiplies four bytes without sign by four
/// with sign and adds the products to a sum of 32 bits in one instruction, for all rows of a tile of attention at once.
/// </summary>
internal static class VnniQuadEmitter
{
    /// <summary>The most rows: with two registers of sums each they leave two.</summary>
    public const int MostRows = RowBases.MostRows;

    /// <summary>The most rows of a function that fetches ahead: the registers of others' bases point to what it fetches.</summary>
    public const int MostFetchingRows = 2 * RowBases.RowsPerBase;

    private static readonly AssemblerRegister64[] Saved = [rbx, rbp, r12, r13, r14, r15];
    private static readonly AssemblerRegister64[] Ahead = [rsi, r8, r10, r15];
    private static readonly AssemblerRegister64 LeftPanels = r11;
    private static readonly AssemblerRegister64 RightPanels = rbx;
    private static readonly AssemblerRegister64 Panels = rcx;
    private static readonly AssemblerRegister64 Left = r12;
    private static readonly AssemblerRegister64 Right = r13;
    private static readonly AssemblerRegister64 Quads = r14;
    private static readonly AssemblerRegister64 QuadStride = rbp;

    /// <summary>A function that takes <see cref="QuadProductArguments"/>.</summary>
    /// <param name="rows">1 to <see cref="MostRows"/>, or to <see cref="MostFetchingRows"/>.</param>
    /// <param name="isUnsigned">See <see cref="QuadPanels.IsUnsigned"/>.</param>
    /// <param name="fetches">Whether it fetches <see cref="QuadProductArguments.Ahead"/>.</param>
    public static byte[] Emit(int rows, bool isUnsigned, bool fetches)
    {
        var code = new Assembler(64);
        foreach (var register in Saved)
        {
            code.push(register);
        }

        LoadArguments(code, rows);
        if (fetches)
        {
            LoadAhead(code);
        }

        Loop(code, rows, isUnsigned, fetches);
        code.mov(rax, Field<QuadProductArguments>(nameof(QuadProductArguments.C)));
        code.mov(rdx, Field<QuadProductArguments>(nameof(QuadProductArguments.CStride)));
        RowSums.Store(code, rows, row: rax, stride: rdx);
        foreach (var register in Saved.Reverse())
        {
            code.pop(register);
        }

        return Finish(code);
    }

    private static void LoadArguments(Assembler code, int rows)
    {
        code.mov(RowBases.First, Field<QuadProductArguments>(nameof(QuadProductArguments.A)));
        code.mov(RowBases.Stride, Field<QuadProductArguments>(nameof(QuadProductArguments.AStride)));
        code.mov(LeftPanels, Field<QuadProductArguments>(nameof(QuadProductArguments.Left)));
        code.mov(RightPanels, Field<QuadProductArguments>(nameof(QuadProductArguments.Right)));
        code.mov(Panels, Field<QuadProductArguments>(nameof(QuadProductArguments.Count)));
        code.mov(QuadStride, Field<QuadProductArguments>(nameof(QuadProductArguments.Stride)));
        RowBases.Spread(code, rows);
        code.mov(Quads, Field<QuadProductArguments>(nameof(QuadProductArguments.Starts)));
        for (var row = 0; row < rows; row++)
        {
            code.vpbroadcastd(RowSums.Of(row, 0), __dword_ptr[Quads + row * sizeof(int)]);
            code.vmovdqa32(RowSums.Of(row, 1), RowSums.Of(row, 0));
        }
    }

    private static void LoadAhead(Assembler code)
    {
        code.mov(Quads, Field<QuadProductArguments>(nameof(QuadProductArguments.Ahead)));
        for (var i = 0; i < Ahead.Length; i++)
        {
            code.mov(Ahead[i], __qword_ptr[Quads + i * sizeof(long)]);
        }
    }

    private static void Loop(Assembler code, int rows, bool isUnsigned, bool fetches)
    {
        var (panel, pair) = (code.CreateLabel(), code.CreateLabel());
        code.Label(ref panel);
        code.mov(Left, __qword_ptr[LeftPanels]);
        code.add(Left, Field<QuadProductArguments>(nameof(QuadProductArguments.LeftOffset)));
        code.mov(Right, __qword_ptr[RightPanels]);
        code.add(Right, Field<QuadProductArguments>(nameof(QuadProductArguments.RightOffset)));
        code.mov(Quads, Field<QuadProductArguments>(nameof(QuadProductArguments.Quads)));
        code.Label(ref pair);
        if (isUnsigned)
        {
            MultiplyUnsigned(code, rows);
        }
        else
        {
            MultiplySigned(code, rows);
        }

        foreach (var panelAhead in fetches ? Ahead : [])
        {
            code.prefetcht0(__byte_ptr[panelAhead]);
            code.add(panelAhead, QuadPanels.BytesAhead);
        }

        code.add(Left, QuadStride);
        code.add(Right, QuadStride);
        RowBases.Advance(code, rows, QuadPanels.Depths);
        code.dec(Quads);
        code.jne(pair);
        code.add(LeftPanels, sizeof(long));
        code.add(RightPanels, sizeof(long));
        code.dec(Panels);
        code.jne(panel);
    }

    // The instruction takes the bytes without sign from a register: here those are the columns, and rows can stay in memory.
    private static void MultiplyUnsigned(Assembler code, int rows)
    {
        code.vmovdqu32(zmm30, __zmmword_ptr[Left]);
        code.vmovdqu32(zmm31, __zmmword_ptr[Right]);
        for (var row = 0; row < rows; row++)
        {
            code.vpdpbusd(RowSums.Of(row, 0), zmm30, __dword_bcst[RowBases.Row(row)]);
            code.vpdpbusd(RowSums.Of(row, 1), zmm31, __dword_bcst[RowBases.Row(row)]);
        }
    }

    // Here those are the rows; all other registers hold sums, so the right columns come from memory each time.
    private static void MultiplySigned(Assembler code, int rows)
    {
        code.vmovdqu32(zmm31, __zmmword_ptr[Left]);
        for (var row = 0; row < rows; row++)
        {
            code.vpbroadcastd(zmm30, __dword_ptr[RowBases.Row(row)]);
            code.vpdpbusd(RowSums.Of(row, 0), zmm30, zmm31);
            code.vpdpbusd(RowSums.Of(row, 1), zmm30, __zmmword_ptr[Right]);
        }
    }
}

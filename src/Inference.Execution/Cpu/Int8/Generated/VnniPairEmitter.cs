using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;
using static Inference.Execution.Cpu.Int8.Generated.GeneratedFunction;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>
/// Writes the machine code of a <see cref="PairProduct{T}"/> with AVX-512 VNNI: <c>vpdpwssd</c> multiplies pairs of 16-bit integers and
/// adds them to sums of 32 bits in one instruction, for all rows of a tile of attention at once.
/// </summary>
internal static class VnniPairEmitter
{
    /// <summary>The most rows: with two registers of sums each they leave two for the columns.</summary>
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
    private static readonly AssemblerRegister64 Pairs = r14;
    private static readonly AssemblerRegister64 PairStride = rbp;

    /// <summary>A function that takes <see cref="PairProductArguments"/>.</summary>
    /// <param name="rows">1 to <see cref="MostRows"/>, or to <see cref="MostFetchingRows"/>.</param>
    /// <param name="fetches">Whether it fetches <see cref="PairProductArguments.Ahead"/>.</param>
    public static byte[] Emit(int rows, bool fetches)
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

        Loop(code, rows, fetches);
        code.mov(rax, Field<PairProductArguments>(nameof(PairProductArguments.C)));
        code.mov(rdx, Field<PairProductArguments>(nameof(PairProductArguments.CStride)));
        RowSums.Store(code, rows, row: rax, stride: rdx);
        foreach (var register in Saved.Reverse())
        {
            code.pop(register);
        }

        return Finish(code);
    }

    private static void LoadArguments(Assembler code, int rows)
    {
        code.mov(RowBases.First, Field<PairProductArguments>(nameof(PairProductArguments.A)));
        code.mov(RowBases.Stride, Field<PairProductArguments>(nameof(PairProductArguments.AStride)));
        code.mov(LeftPanels, Field<PairProductArguments>(nameof(PairProductArguments.Left)));
        code.mov(RightPanels, Field<PairProductArguments>(nameof(PairProductArguments.Right)));
        code.mov(Panels, Field<PairProductArguments>(nameof(PairProductArguments.Count)));
        code.mov(PairStride, Field<PairProductArguments>(nameof(PairProductArguments.Stride)));
        RowBases.Spread(code, rows);
        for (var row = 0; row < rows; row++)
        {
            code.vpxord(RowSums.Of(row, 0), RowSums.Of(row, 0), RowSums.Of(row, 0));
            code.vpxord(RowSums.Of(row, 1), RowSums.Of(row, 1), RowSums.Of(row, 1));
        }
    }

    private static void LoadAhead(Assembler code)
    {
        code.mov(Pairs, Field<PairProductArguments>(nameof(PairProductArguments.Ahead)));
        for (var i = 0; i < Ahead.Length; i++)
        {
            code.mov(Ahead[i], __qword_ptr[Pairs + i * sizeof(long)]);
        }
    }

    private static void Loop(Assembler code, int rows, bool fetches)
    {
        var (panel, pair) = (code.CreateLabel(), code.CreateLabel());
        code.Label(ref panel);
        code.mov(Left, __qword_ptr[LeftPanels]);
        code.add(Left, Field<PairProductArguments>(nameof(PairProductArguments.LeftOffset)));
        code.mov(Right, __qword_ptr[RightPanels]);
        code.add(Right, Field<PairProductArguments>(nameof(PairProductArguments.RightOffset)));
        code.mov(Pairs, Field<PairProductArguments>(nameof(PairProductArguments.Pairs)));
        code.Label(ref pair);
        code.vpmovsxbw(zmm30, __ymmword_ptr[Left]);
        code.vpmovsxbw(zmm31, __ymmword_ptr[Right]);
        for (var row = 0; row < rows; row++)
        {
            code.vpdpwssd(RowSums.Of(row, 0), zmm30, __dword_bcst[RowBases.Row(row)]);
            code.vpdpwssd(RowSums.Of(row, 1), zmm31, __dword_bcst[RowBases.Row(row)]);
        }

        foreach (var panelAhead in fetches ? Ahead : [])
        {
            code.prefetcht0(__byte_ptr[panelAhead]);
            code.add(panelAhead, PairPanels.BytesAhead);
        }

        code.add(Left, PairStride);
        code.add(Right, PairStride);
        RowBases.Advance(code, rows, 2 * sizeof(short));
        code.dec(Pairs);
        code.jne(pair);
        code.add(LeftPanels, sizeof(long));
        code.add(RightPanels, sizeof(long));
        code.dec(Panels);
        code.jne(panel);
    }
}

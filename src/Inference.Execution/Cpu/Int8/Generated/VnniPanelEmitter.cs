using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;
using static Inference.Execution.Cpu.Int8.Generated.GeneratedFunction;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>
/// Writes the machine code of a panel product with AVX-512 VNNI, an instruction set that .NET has no intrinsics for: all sums stay in
/// registers, a group of four activations is broadcast, and <c>vpdpbusd</c> multiplies it with that group of 16 columns, exactly.
/// </summary>
internal static class VnniPanelEmitter
{
    /// <summary>The most rows: with two registers of sums each they leave four.</summary>
    public const int MostRows = 14;

    private const int Unrolled = 4;
    private const int BytesPerGroup = 2 * RowSums.BytesPerVector;

    private static readonly AssemblerRegister64 Weights = r11;
    private static readonly AssemblerRegister64 Counter = rcx;

    // Takes the place of the arguments once they are read.
    private static readonly AssemblerRegister64 Ahead = rdi;

    /// <summary>A function that takes <see cref="PanelProductArguments"/>.</summary>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="linesAhead">Cache lines fetched ahead with each group.</param>
    public static byte[] Emit(int rows, int linesAhead)
    {
        var code = new Assembler(64);
        code.push(Parameter);
        LoadArguments(code, rows);
        Loop(code, rows, linesAhead);
        code.pop(Parameter);
        code.mov(rax, Field<PanelProductArguments>(nameof(PanelProductArguments.C)));
        code.mov(rdx, Field<PanelProductArguments>(nameof(PanelProductArguments.CStride)));
        RowSums.Store(code, rows, row: rax, stride: rdx);
        return Finish(code);
    }

    private static void LoadArguments(Assembler code, int rows)
    {
        code.mov(RowBases.First, Field<PanelProductArguments>(nameof(PanelProductArguments.A)));
        code.mov(RowBases.Stride, Field<PanelProductArguments>(nameof(PanelProductArguments.AStride)));
        code.mov(Weights, Field<PanelProductArguments>(nameof(PanelProductArguments.Panel)));
        code.mov(Counter, Field<PanelProductArguments>(nameof(PanelProductArguments.Groups)));
        code.mov(Ahead, Field<PanelProductArguments>(nameof(PanelProductArguments.Ahead)));
        RowBases.Spread(code, rows);
        for (var row = 0; row < rows; row++)
        {
            code.vmovdqu32(RowSums.Of(row, 0), __zmmword_ptr[Weights]);
            code.vmovdqu32(RowSums.Of(row, 1), __zmmword_ptr[Weights + RowSums.BytesPerVector]);
        }

        code.add(Weights, BytesPerGroup);
    }

    // Groups four at a time, then the others one by one.
    private static void Loop(Assembler code, int rows, int linesAhead)
    {
        var (four, one, rest, end) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        code.sub(Counter, Unrolled);
        code.jl(rest);
        code.Label(ref four);
        Groups(code, rows, Unrolled, linesAhead);
        code.sub(Counter, Unrolled);
        code.jge(four);
        code.Label(ref rest);
        code.add(Counter, Unrolled);
        code.je(end);
        code.Label(ref one);
        Groups(code, rows, 1, linesAhead);
        code.dec(Counter);
        code.jne(one);
        code.Label(ref end);
    }

    private static void Groups(Assembler code, int rows, int count, int linesAhead)
    {
        for (var group = 0; group < count; group++)
        {
            code.vmovdqu32(zmm28, __zmmword_ptr[Weights + group * BytesPerGroup]);
            code.vmovdqu32(zmm29, __zmmword_ptr[Weights + group * BytesPerGroup + RowSums.BytesPerVector]);
            for (var line = 0; line < linesAhead; line++)
            {
                code.prefetcht1(__byte_ptr[Ahead + (group * linesAhead + line) * RowSums.BytesPerVector]);
            }

            for (var row = 0; row < rows; row++)
            {
                // Two in turn, so that a broadcast need not wait for the products before it.
                var activations = row % 2 == 0 ? zmm30 : zmm31;
                code.vpbroadcastd(activations, __dword_ptr[RowBases.Row(row) + group * sizeof(int)]);
                code.vpdpbusd(RowSums.Of(row, 0), activations, zmm28);
                code.vpdpbusd(RowSums.Of(row, 1), activations, zmm29);
            }
        }

        code.add(Weights, count * BytesPerGroup);
        code.add(Ahead, count * linesAhead * RowSums.BytesPerVector);
        RowBases.Advance(code, rows, count * sizeof(int));
    }
}

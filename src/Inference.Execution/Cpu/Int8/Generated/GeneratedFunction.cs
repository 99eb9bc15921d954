using System.Runtime.InteropServices;
using Iced.Intel;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>What generated functions share: <c>void (arguments*)</c> in the System V calling convention.</summary>
internal static class GeneratedFunction
{
    /// <summary>Where the arguments are when the function starts.</summary>
    public static readonly AssemblerRegister64 Parameter = AssemblerRegisters.rdi;

    /// <summary>A field of the arguments.</summary>
    public static AssemblerMemoryOperand Field<TArguments>(string name) =>
        AssemblerRegisters.__qword_ptr[Parameter + (int)Marshal.OffsetOf<TArguments>(name)];

    /// <summary>Ends the function and gives back its bytes.</summary>
    public static byte[] Finish(Assembler code)
    {
        code.vzeroupper();
        code.ret();
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }
}

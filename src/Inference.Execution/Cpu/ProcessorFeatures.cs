using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Inference.Execution.Cpu;

/// <summary>Instruction sets that .NET does not tell of (Intel SDM, volume 2A, CPUID, leaf 7).</summary>
internal static class ProcessorFeatures
{
    private const int ExtendedFeatures = 7;

    /// <summary>Dot products of bytes in 512-bit registers (AVX512_VNNI), and a system that keeps those registers.</summary>
    public static bool HasAvx512Vnni { get; } =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 && Avx512F.IsSupported && IsSet(Extended().Ecx, 11);

    /// <summary>Matrix products of bytes (AMX_INT8 and AMX_TILE).</summary>
    public static bool HasAmxInt8 { get; } = X86Base.IsSupported && IsSet(Extended().Edx, 24) && IsSet(Extended().Edx, 25);

    private static (int Eax, int Ebx, int Ecx, int Edx) Extended() =>
        X86Base.CpuId(0, 0).Eax >= ExtendedFeatures ? X86Base.CpuId(ExtendedFeatures, 0) : default;

    private static bool IsSet(int register, int bit) => (register >> bit & 1) != 0;
}

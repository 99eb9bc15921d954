using System.Runtime.Intrinsics.X86;

namespace Inference.Execution;

/// <summary>What the processor must have for models in int8.</summary>
public static class Int8Hardware
{
    /// <summary>
    /// Whether ONNX Runtime's products of unsigned and signed bytes are exact here. On x86 without VNNI its kernels add pairs of them in 16 bits, which saturate:
    /// the results would be wrong without any sign of it.
    /// </summary>
    public static bool IsExact { get; } = !X86Base.IsSupported || HasVnni();

    private static bool HasVnni()
    {
        const int ExtendedFeatures = 7;
        var (maxLeaf, _, _, _) = X86Base.CpuId(0, 0);
        if (maxLeaf < ExtendedFeatures)
        {
            return false;
        }

        // AVX512_VNNI is bit 11 of ECX in sub-leaf 0, AVX-VNNI bit 4 of EAX in sub-leaf 1 (Intel SDM, volume 2A, CPUID).
        var (maxSubLeaf, _, features, _) = X86Base.CpuId(ExtendedFeatures, 0);
        return (features & (1 << 11)) != 0
            || (maxSubLeaf >= 1 && (X86Base.CpuId(ExtendedFeatures, 1).Eax & (1 << 4)) != 0);
    }
}

using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Inference.Models.Quantization;

/// <summary>The ggml tensor types that can be read. A new type is a <see cref="TensorEncoding"/> and a line here.</summary>
internal static class GgmlTypes
{
    /// <summary>IEEE 754 binary32.</summary>
    public static TensorEncoding Float32 { get; } = new Float32Encoding();

    /// <summary>IEEE 754 binary16.</summary>
    public static TensorEncoding Float16 { get; } = new Float16Encoding();

    /// <summary>The upper half of a binary32.</summary>
    public static TensorEncoding BFloat16 { get; } = new BFloat16Encoding();

    /// <summary>By the type id of a GGUF tensor info.</summary>
    private static readonly FrozenDictionary<uint, TensorEncoding> ById = new Dictionary<uint, TensorEncoding>
    {
        [0] = Float32,
        [1] = Float16,
        [2] = new Q4_0Encoding(),
        [3] = new Q4_1Encoding(),
        [6] = new Q5_0Encoding(),
        [7] = new Q5_1Encoding(),
        [8] = new Q8_0Encoding(),
        [10] = new Q2_KEncoding(),
        [11] = new Q3_KEncoding(),
        [12] = new Q4_KEncoding(),
        [13] = new Q5_KEncoding(),
        [14] = new Q6_KEncoding(),
        [20] = new IQ4_NLEncoding(),
        [21] = new IQ3_SEncoding(),
        [23] = new IQ4_XSEncoding(),
        [30] = BFloat16,
        [39] = new MXFP4Encoding(),
    }.ToFrozenDictionary();

    /// <summary>The names of all types that can be read, for messages.</summary>
    public static string SupportedNames { get; } = string.Join(", ", ById.OrderBy(type => type.Key).Select(type => type.Value.Name));

    /// <summary>The encoding of a ggml type id, or false when it cannot be read.</summary>
    public static bool TryGet(uint id, [NotNullWhen(true)] out TensorEncoding? encoding) => ById.TryGetValue(id, out encoding);
}

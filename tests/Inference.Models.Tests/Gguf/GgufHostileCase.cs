namespace Inference.Models.Tests.Gguf;

/// <summary>A GGUF file that must be refused.</summary>
/// <param name="Name">For the list of tests.</param>
/// <param name="Expected">A part of the message: what is wrong, and where.</param>
/// <param name="File">Its bytes.</param>
public sealed record GgufHostileCase(string Name, string Expected, byte[] File)
{
    private const uint Q4_0 = 2;
    private const byte StringType = 8;
    private const byte ArrayType = 9;
    private static readonly byte[] Huge = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];

    public static IEnumerable<GgufHostileCase> All { get; } = [.. Headers(), .. Metadata(), .. Shapes(), .. Places()];

    public override string ToString() => Name;

    private static IEnumerable<GgufHostileCase> Headers() =>
    [
        Case("empty", "header: the file ends here", []),
        Case("wrong magic", "the magic is 0x46554746", new GgufBuilder { Magic = 0x46554746 }),
        Case("version 1", "GGUF version 1 cannot be read", new GgufBuilder { Version = 1 }),
        Case("version 4", "GGUF version 4 cannot be read", new GgufBuilder { Version = 4 }),
        Case("big-endian", "big-endian", new GgufBuilder { Version = 0x0300_0000 }),
        Case("tensor count", "the number of tensors, 1000", new GgufBuilder { TensorCount = 1000 }),
        Case("absurd tensor count", "the number of tensors, 18446744073709551615", new GgufBuilder { TensorCount = ulong.MaxValue }),
        Case("pair count", "the number of metadata pairs, 4", new GgufBuilder { PairCount = 4 }),
        Case("absurd pair count", "the number of metadata pairs, 9223372036854775808", new GgufBuilder { PairCount = 1UL << 63 }),
    ];

    private static IEnumerable<GgufHostileCase> Metadata() =>
    [
        Case("duplicate key", "metadata 'a': the key occurs twice", new GgufBuilder().With("a", 1).With("a", 2)),
        Case("key length", "metadata pair 0: the number of bytes in the key, 70000", new GgufBuilder().With(new string('k', 70_000), 1)),
        Case("control characters in key", "metadata 'a?b': unknown value type 77", new GgufBuilder().With("a\nb", Raw(77, 0, 0, 0))),
        Case("unknown value type", "metadata 'a': unknown value type 13", new GgufBuilder().With("a", Raw(13, 0, 0, 0))),
        Case("unknown element type", "unknown value type 255", new GgufBuilder().With("a", Raw([ArrayType, 0, 0, 0, 255, 0, 0, 0]))),
        Case("string length", "metadata 'a': the number of bytes in a string",
            new GgufBuilder().With("a", Raw([StringType, 0, 0, 0, .. Huge]))),
        Case("array length", "metadata 'a': the number of array elements",
            new GgufBuilder().With("a", Raw([ArrayType, 0, 0, 0, 0, 0, 0, 0, .. Huge]))),
        Case("array longer than the file", "metadata 'a': the number of array elements, 100",
            new GgufBuilder().With("a", Raw([ArrayType, 0, 0, 0, 12, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0]))),
        Case("empty strings", "metadata 'a': the metadata would take more memory",
            new GgufBuilder().With("a", Enumerable.Repeat("", 100_000).ToArray())),
        Case("text that is none", "metadata 'a': the metadata would take more memory",
            new GgufBuilder().With("a", Raw([StringType, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 65536)]))),
        Case("deep nesting", "nested more than 3 deep", new GgufBuilder().With("a", Nested(4))),
        Case("very deep nesting", "nested more than 3 deep", new GgufBuilder().With("a", Nested(5000))),
        Case("boolean", "metadata 'a': a boolean is 0 or 1, not 2", new GgufBuilder().With("a", Raw(7, 0, 0, 0, 2))),
        Case("alignment type", "metadata 'general.alignment': should be an integer", new GgufBuilder().With("general.alignment", "32")),
        Case("alignment zero", "metadata 'general.alignment': 0", new GgufBuilder().With("general.alignment", 0u)),
        Case("alignment no power of two", "metadata 'general.alignment': 48", new GgufBuilder().With("general.alignment", 48u)),
        Case("absurd alignment", "metadata 'general.alignment': 1073741824", new GgufBuilder().With("general.alignment", 1u << 30)),
        Case("negative alignment", "metadata 'general.alignment': -32", new GgufBuilder().With("general.alignment", -32)),
    ];

    private static IEnumerable<GgufHostileCase> Shapes() =>
    [
        Case("no dimensions", "tensor 'a': 0 dimensions", new GgufBuilder().WithTensor("a", [], [1])),
        Case("five dimensions", "tensor 'a': 5 dimensions", new GgufBuilder().WithTensor("a", [1, 1, 1, 1, 1], [1])),
        Case("zero dimension", "tensor 'a': the shape [2, 0]", new GgufBuilder().WithTensor("a", [2, 0], [1])),
        Case("negative dimension", "tensor 'a': the shape [-1, 4]", new GgufBuilder().WithTensor("a", [-1, 4], [1])),
        Case("overflowing dimensions", "tensor 'a': the shape", new GgufBuilder().WithTensor("a", [1L << 32, 1L << 32], [1])),
        Case("overflow to a small product", "tensor 'a': the shape", new GgufBuilder().WithTensor("a", [1L << 62, 4, 1], [1])),
        Case("overflowing bytes", "tensor 'a': 288230376151711744 bytes", new GgufBuilder().WithTensor("a", [1L << 56], [1])),
        Case("unknown type", "tensor 'a': ggml type 99 cannot be read; supported are F32, F16, Q4_0",
            new GgufBuilder().WithTensor("a", [32], 99, new byte[32])),
        Case("partial block", "tensor 'a': rows of 48 elements are not whole Q4_0 blocks of 32",
            new GgufBuilder().WithTensor("a", [2, 48], Q4_0, new byte[54])),
        Case("rows of half blocks", "tensor 'a': rows of 16 elements", new GgufBuilder().WithTensor("a", [2, 16], Q4_0, new byte[18])),
    ];

    private static IEnumerable<GgufHostileCase> Places() =>
    [
        Case("offset outside", "tensor 'a': 4 bytes at offset 96 lie outside", new GgufBuilder().WithTensor("a", [1], 0, new byte[4], 96)),
        Case("offset overflows", "lie outside the file", new GgufBuilder().WithTensor("a", [1], 0, new byte[4], ulong.MaxValue - 31)),
        Case("longer than the file", "tensor 'a': 400 bytes at offset 0", new GgufBuilder().WithTensor("a", [100], 0, new byte[4])),
        Case("misaligned", "tensor 'a': the offset 16 is not a multiple", new GgufBuilder().WithTensor("a", [1], 0, new byte[32], 16)),
        Case("duplicate tensor", "tensor 'a': the name occurs twice",
            new GgufBuilder().WithTensor("a", [1], [1]).WithTensor("a", [1], [2])),
        Case("overlap", "tensor 'b': its data overlaps that of 'a'",
            new GgufBuilder().WithTensor("a", [16], new float[16]).WithTensor("b", [1], 0, new byte[4], 32)),
        Case("same place", "its data overlaps that of",
            new GgufBuilder().WithTensor("a", [1], [1]).WithTensor("b", [1], 0, new byte[4], 0)),
    ];

    private static GgufHostileCase Case(string name, string expected, GgufBuilder builder) => new(name, expected, builder.Build());

    private static GgufHostileCase Case(string name, string expected, byte[] file) => new(name, expected, file);

    private static GgufBuilder.RawValue Raw(params byte[] bytes) => new(bytes);

    /// <summary>Arrays of one array each.</summary>
    private static GgufBuilder.RawValue Nested(int depth)
    {
        byte[] one = [1, 0, 0, 0, 0, 0, 0, 0];
        byte[] array = [ArrayType, 0, 0, 0];
        return new([.. array, .. Enumerable.Repeat<byte[]>([.. array, .. one], depth).SelectMany(bytes => bytes), .. one]);
    }
}

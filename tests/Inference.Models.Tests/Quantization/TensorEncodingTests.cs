using System.Runtime.InteropServices;
using System.Text.Json;
using Inference.Models.Quantization;

namespace Inference.Models.Tests.Quantization;

public sealed class TensorEncodingTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Golden, "gguf-quants");

    public static TheoryData<string> GoldenTypes =>
    [
        "f16", "bf16", "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_K", "q3_K", "q4_K", "q5_K", "q6_K", "iq3_s", "iq4_nl", "iq4_xs", "mxfp4",
    ];

    public static TheoryData<uint> TypeIds => [0, 1, 2, 3, 6, 7, 8, 30];

    public static TheoryData<uint> BlockTypeIds => [2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 20, 21, 23, 39];

    [Theory]
    [MemberData(nameof(GoldenTypes))]
    public void Dequantize_GoldenBlocks_EqualsGoldenBits(string type)
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "index.json")));
        var entry = index.RootElement.EnumerateArray().Single(entry => entry.GetProperty("type").GetString() == type);
        var encoding = Encoding(entry.GetProperty("ggml_type").GetUInt32());
        var columns = entry.GetProperty("columns").GetInt32();
        var blocks = File.ReadAllBytes(Path.Combine(Folder, $"{type}.blocks"));
        var expected = MemoryMarshal.Cast<byte, uint>(File.ReadAllBytes(Path.Combine(Folder, $"{type}.f32")));

        var actual = new float[entry.GetProperty("rows").GetInt32() * columns];
        encoding.Dequantize(blocks, actual);

        Assert.Equal(entry.GetProperty("bytes_per_row").GetInt64(), encoding.ByteCount(columns));
        Assert.Equal(expected.ToArray(), Bits(actual));
    }

    [Theory]
    [MemberData(nameof(TypeIds))]
    public void Dequantize_RandomBytes_EqualsScalarDefinition(uint id)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var encoding = Encoding(id);
        for (var blockCount = 1; blockCount <= 70; blockCount++)
        {
            var bytes = new byte[blockCount * encoding.BytesPerBlock];
            random.NextBytes(bytes);
            var actual = new float[blockCount * encoding.ElementsPerBlock];
            encoding.Dequantize(bytes, actual);

            Assert.Equal(Canonical(ScalarDequantizer.Dequantize(encoding.Name, bytes)), Canonical(actual));
        }
    }

    /// <summary>What a block gives depends on nothing beside it.</summary>
    [Theory]
    [MemberData(nameof(BlockTypeIds))]
    public void Dequantize_ManyBlocks_EqualsEachAlone(uint id)
    {
        var encoding = Encoding(id);
        var random = new Random((int)id);
        var bytes = new byte[9 * encoding.BytesPerBlock];
        random.NextBytes(bytes);
        var together = new float[9 * encoding.ElementsPerBlock];
        encoding.Dequantize(bytes, together);

        for (var block = 0; block < 9; block++)
        {
            var alone = new float[encoding.ElementsPerBlock];
            encoding.Dequantize(bytes.AsSpan(block * encoding.BytesPerBlock, encoding.BytesPerBlock), alone);
            Assert.Equal(Canonical(alone), Canonical(together[(block * alone.Length)..((block + 1) * alone.Length)]));
        }
    }

    [Fact]
    public void Codebook_Quadruples_AreOddNumbersTo15AndAllDifferent()
    {
        var quadruples = IQ3_SCodebook.Quadruples;
        Assert.Equal(512, quadruples.Distinct().Count());
        Assert.Equal((0x01010101u, 0x0F0F0101u), (quadruples[0], quadruples[^1]));
        Assert.All(quadruples, quadruple => Assert.All(BitConverter.GetBytes(quadruple), value => Assert.True(value % 2 == 1 && value < 16)));
    }

    [Fact]
    public void Dequantize_EveryHalf_EqualsConversion()
    {
        var halves = Enumerable.Range(0, 65536).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray();
        var actual = new float[halves.Length];
        GgmlTypes.Float16.Dequantize(MemoryMarshal.AsBytes(halves.AsSpan()), actual);
        Assert.Equal(Canonical([.. halves.Select(half => (float)half)]), Canonical(actual));
    }

    [Theory]
    [MemberData(nameof(BlockTypeIds))]
    public void Dequantize_WrongLengths_Throws(uint id)
    {
        var encoding = Encoding(id);
        var bytes = new byte[2 * encoding.BytesPerBlock];
        Assert.Throws<ArgumentException>(() => encoding.Dequantize(bytes, new float[(2 * encoding.ElementsPerBlock) + 1]));
        Assert.Throws<ArgumentException>(() => encoding.Dequantize(bytes, new float[encoding.ElementsPerBlock]));
        Assert.Throws<ArgumentException>(() => encoding.Dequantize(bytes.AsSpan(1), new float[2 * encoding.ElementsPerBlock]));
    }

    [Fact]
    public void TryGet_UnknownId_IsFalse() => Assert.False(GgmlTypes.TryGet(4, out _));

    private static TensorEncoding Encoding(uint id)
    {
        Assert.True(GgmlTypes.TryGet(id, out var encoding));
        return encoding;
    }

    private static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];

    /// <summary>Bits, with all NaNs as one: which payload a NaN gets is up to the processor.</summary>
    private static uint[] Canonical(float[] values) => Bits([.. values.Select(value => float.IsNaN(value) ? float.NaN : value)]);
}

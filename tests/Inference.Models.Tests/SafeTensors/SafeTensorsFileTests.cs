using System.Text;
using Inference.Models.SafeTensors;

namespace Inference.Models.Tests.SafeTensors;

public sealed class SafeTensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> HostileHeaders => new()
    {
        { "", "is not valid JSON" },
        { "[]", "the JSON is not an object" },
        { "{\"a\":", "is not valid JSON" },
        { "{\"a\":1}", "'a' should be an object" },
        { "{\"a\":null}", "the tensors take 0 bytes" },
        { "{\"a\":{}}", "'a.dtype' is missing" },
        { Entry("a", "F32", "[2]", "[0,8]") + "x", "is not valid JSON" },
        { Twice(Entry("a", "F32", "[2]", "[0,8]")), "is not valid JSON" },
        { Entry("a", "F31", "[2]", "[0,8]"), "'a.dtype' 'F31' is unknown" },
        { Entry("a", "F32", "2", "[0,8]"), "'a.shape' should be a list of integers" },
        { Entry("a", "F32", "[2.5]", "[0,8]"), "'a.shape' should be a list of integers" },
        { Entry("a", "F32", "[-2]", "[0,8]"), "'a.shape' [-2]" },
        { Entry("a", "F32", "[0]", "[0,0]"), "'a.shape' [0]" },
        { Entry("a", "F32", "[4294967296,4294967296]", "[0,8]"), "'a.shape' [4294967296, 4294967296]" },
        { Entry("a", "F32", "[99999999999999999999]", "[0,8]"), "'a.shape' should be a list of integers" },
        { Entry("a", "F32", "[2]", "[0]"), "'a.data_offsets' [0]" },
        { Entry("a", "F32", "[2]", "[8,0]"), "'a.data_offsets' [8, 0]" },
        { Entry("a", "F32", "[2]", "[-8,0]"), "'a.data_offsets' [-8, 0]" },
        { Entry("a", "F32", "[3]", "[0,8]"), "'a.data_offsets' hold 8 bytes, but F32 [3] takes 12" },
        { Entry("a", "I64", "[2]", "[0,8]"), "'a.data_offsets' hold 8 bytes, but I64 [2] takes 16" },
        { Entry("a", "F32", "[2]", "[4,12]"), "tensor 'a': its data starts at 4" },
        { Entry("a", "F32", "[4]", "[0,16]"), "tensor 'a': its data ends at 16" },
        { Entry("a", "F32", "[1]", "[0,4]"), "the tensors take 4 bytes, but the file has 8" },
        { Join(Entry("a", "F32", "[2]", "[0,8]"), Entry("b", "F32", "[1]", "[4,8]")), "tensor 'b': its data starts at 4" },
        { Join(Entry("a", "F32", "[1]", "[0,4]"), Entry("b", "F32", "[1]", "[8,12]")), "tensor 'b': its data starts at 8" },
        { Entry("\\ud800", "F32", "[2]", "[0,8]"), "is not valid JSON" },
        { Entry("a", "\\ud800", "[2]", "[0,8]"), "'a.dtype' is not valid text" },
        { Entry("a\\n\\u0000", "F31", "[2]", "[0,8]"), "'a??.dtype'" },
        { new string('[', 2000), "is not valid JSON" },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_SeveralTypes_ReadsFloatsAndSkipsTheRest()
    {
        using var file = Open(new SafeTensorsBuilder()
            .With("f32", [2, 2], [1, 2, 3, 4])
            .With("f16", "F16", [2], [0x00, 0x3C, 0x00, 0xC0])
            .With("bf16", "BF16", [], [0x80, 0x3F])
            .With("mask", "BOOL", [3], [0, 1, 0])
            .Build());

        Assert.Equal([3f, 4], Rows(file, "f32", 1, 2));
        Assert.Equal([1f, -2], Rows(file, "f16", 0, 2));
        Assert.Equal([1f], Rows(file, "bf16", 0, 1));
        Assert.Equal(("mask", "BOOL"), Assert.Single(file.RawTensors) is var (name, raw) ? (name, raw.Type) : default);
    }

    [Theory]
    [MemberData(nameof(HostileHeaders))]
    public void Open_HostileHeader_IsOneClearLine(string header, string expected) =>
        AssertRefused(SafeTensorsBuilder.Build(header, new byte[8]), expected);

    [Theory]
    [InlineData(0, "too short")]
    [InlineData(7, "too short")]
    public void Open_ShortFile_IsOneClearLine(int length, string expected) => AssertRefused(new byte[length], expected);

    [Theory]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF)]
    [InlineData(0x7FFF_FFFF_FFFF_FFFF)]
    [InlineData(101_000_000)]
    [InlineData(9)]
    public void Open_HeaderLongerThanTheFile_IsOneClearLine(ulong length) =>
        AssertRefused([.. BitConverter.GetBytes(length), .. "{}      "u8], "the header is said to be");

    [Fact]
    public void Open_InvalidUtf8_IsOneClearLine()
    {
        byte[] header = [.. "{\""u8, 0xFF, .. "\":{}}"u8];
        AssertRefused([.. BitConverter.GetBytes((long)header.Length), .. header], "is not valid JSON");
    }

    [Fact]
    public void Open_TruncatedAnywhere_IsOneClearLine()
    {
        var whole = new SafeTensorsBuilder().With("a", [2], [1, 2]).With("b", [1, 3], [3, 4, 5]).Build();
        for (var length = 0; length < whole.Length; length++)
        {
            AssertRefused(whole[..length], "");
        }

        Open(whole).Dispose();
    }

    [Fact]
    public void Open_FlippedBytes_OpensOrIsOneClearLine()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var whole = new SafeTensorsBuilder().With("a", [2], [1, 2]).With("b", [1, 3], [3, 4, 5]).Build();
        var refused = 0;
        for (var round = 0; round < 1000; round++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                using var file = Open(bytes);
                Assert.All(file.Tensors.Values, tensor => tensor.ReadRows(0, new float[tensor.Rows * tensor.Columns]));
            }
            catch (ModelFormatException exception)
            {
                Assert.DoesNotContain(exception.Message, char.IsControl);
                refused++;
            }
        }

        Assert.InRange(refused, 100, 999);
    }

    private static string Entry(string name, string type, string shape, string offsets) =>
        $$"""{"{{name}}":{"dtype":"{{type}}","shape":{{shape}},"data_offsets":{{offsets}} } }""";

    private static string Join(string first, string second) => $"{first[..^1]},{second[1..]}";

    private static string Twice(string entry) => Join(entry, entry);

    private static float[] Rows(SafeTensorsFile file, string name, long firstRow, int elements)
    {
        var rows = new float[elements];
        file.Tensors[name].ReadRows(firstRow, rows);
        return rows;
    }

    private SafeTensorsFile Open(byte[] bytes) => SafeTensorsFile.Open(_folder.Write("model.safetensors", bytes));

    private void AssertRefused(byte[] bytes, string expected)
    {
        var exception = Assert.Throws<ModelFormatException>(() => Open(bytes).Dispose());
        Assert.StartsWith(_folder["model.safetensors"] + ": ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(exception.Message, char.IsControl);
        Assert.True(Encoding.UTF8.GetByteCount(exception.Message) < 1000, exception.Message);
    }
}

using System.Text;
using Inference.Models.Gguf;

namespace Inference.Models.Tests.Gguf;

public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, GgufHostileCase> HostileFiles
    {
        get
        {
            var data = new TheoryData<string, GgufHostileCase>();
            foreach (var hostile in GgufHostileCase.All)
            {
                data.Add(hostile.Name, hostile);
            }

            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_EveryMetadataType_GivesValues()
    {
        var values = new (string Key, object Value)[]
        {
            ("u8", (byte)200), ("i8", (sbyte)-3), ("u16", (ushort)60000), ("i16", (short)-300), ("u32", 4_000_000_000), ("i32", -5),
            ("f32", 1.5f), ("bool", true), ("string", "größer 😀"), ("u64", ulong.MaxValue), ("i64", long.MinValue), ("f64", Math.PI),
            ("empty", ""), ("numbers", new[] { 1, 2, 3 }), ("strings", new[] { "a", "", "c" }), ("bools", new[] { true, false }),
            ("none", Array.Empty<float>()), ("nested", new object[] { new[] { 1.0, 2.0 }, new[] { "x" } }),
        };
        var builder = new GgufBuilder();
        Array.ForEach(values, pair => builder.With(pair.Key, pair.Value));

        using var file = Open(builder);

        Assert.Equal(values.Select(pair => pair.Key), file.Metadata.Keys);
        foreach (var (key, expected) in values)
        {
            Assert.Equal(expected, file.Metadata.Get(key));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_Tensors_GivesShapesAndRows(uint version)
    {
        var values = Enumerable.Range(0, 24).Select(i => i * 0.5f).ToArray();
        using var file = Open(new GgufBuilder { Version = version, Alignment = 64 }
            .With("general.alignment", 64u)
            .WithTensor("vector", [5], [1, 2, 3, 4, 5])
            .WithTensor("cube", [2, 3, 4], values));

        Assert.Equal([5L], file.Tensors["vector"].Shape);
        var cube = file.Tensors["cube"];
        Assert.Equal([2L, 3, 4], cube.Shape);
        Assert.Equal((6, 4), (cube.Rows, cube.Columns));
        var rows = new float[8];
        cube.ReadRows(3, rows);
        Assert.Equal(values[12..20], rows);
    }

    [Fact]
    public void ReadRows_OutsideTheTensor_Throws()
    {
        using var file = Open(new GgufBuilder().WithTensor("t", [3, 4], new float[12]));
        var tensor = file.Tensors["t"];
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.ReadRows(2, new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.ReadRows(-1, new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.ReadRows(long.MaxValue, new float[4]));
        Assert.Throws<ArgumentException>(() => tensor.ReadRows(0, new float[3]));
    }

    [Fact]
    public void ReadRows_MoreThanOneChunk_GivesEveryRow()
    {
        var values = Enumerable.Range(0, 300 * 1000).Select(i => (float)i).ToArray();
        using var file = Open(new GgufBuilder().WithTensor("t", [300, 1000], values));
        var rows = new float[299 * 1000];
        file.Tensors["t"].ReadRows(1, rows);
        Assert.Equal(values[1000..], rows);
    }

    [Fact]
    public void ReadRows_FileShrunkAfterOpening_Throws()
    {
        var path = _folder.Write("model.gguf", new GgufBuilder().WithTensor("t", [64, 64], new float[64 * 64]).Build());
        using var file = GgufFile.Open(path);
        using (var shrinking = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            shrinking.SetLength(200);
        }

        AssertOneLine("ends at byte", Assert.Throws<ModelFormatException>(() => file.Tensors["t"].ReadRows(0, new float[64 * 64])));
    }

    [Theory]
    [MemberData(nameof(HostileFiles), DisableDiscoveryEnumeration = true)]
    public void Open_HostileFile_IsOneClearLine(string name, GgufHostileCase hostile)
    {
        Assert.NotEmpty(name);
        var path = _folder.Write("model.gguf", hostile.File);
        var exception = Assert.Throws<ModelFormatException>(() => GgufFile.Open(path).Dispose());
        AssertOneLine(hostile.Expected, exception);
    }

    [Fact]
    public void Open_NoFile_IsOneClearLine() =>
        AssertOneLine("cannot be opened", Assert.Throws<ModelFormatException>(() => GgufFile.Open(_folder["model.gguf"])));

    [Fact]
    public void Open_TruncatedAnywhere_IsOneClearLine()
    {
        var whole = SmallFile();
        for (var length = 0; length < whole.Length; length++)
        {
            var path = _folder.Write("model.gguf", whole[..length]);
            AssertOneLine("", Assert.Throws<ModelFormatException>(() => GgufFile.Open(path).Dispose()));
        }

        GgufFile.Open(_folder.Write("model.gguf", whole)).Dispose();
    }

    [Fact]
    public void Open_FlippedBytes_OpensOrIsOneClearLine()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var whole = SmallFile();
        var refused = 0;
        for (var round = 0; round < 1000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            }

            var path = _folder.Write("model.gguf", bytes);
            try
            {
                using var file = GgufFile.Open(path);
                Assert.All(file.Tensors.Values, tensor => tensor.ReadRows(0, new float[tensor.Rows * tensor.Columns]));
            }
            catch (ModelFormatException exception)
            {
                AssertOneLine("", exception);
                refused++;
            }
        }

        Assert.InRange(refused, 100, 999);
    }

    private static byte[] SmallFile() => new GgufBuilder()
        .With("general.architecture", "llama")
        .With("general.alignment", 32u)
        .With("tokens", new[] { "a", "bc", "def" })
        .With("nested", new object[] { new[] { 1, 2 }, new object[] { new[] { 1.5f } } })
        .With("flag", true)
        .WithTensor("a", [2, 32], 3, new byte[40])
        .WithTensor("b", [8], [1, 2, 3, 4, 5, 6, 7, 8]) // fills its alignment: no padding that may be missing
        .Build();

    private static void AssertOneLine(string expected, ModelFormatException exception)
    {
        Assert.Contains("model.gguf: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(exception.Message, char.IsControl);
        Assert.True(Encoding.UTF8.GetByteCount(exception.Message) < 1000, exception.Message);
    }

    private GgufFile Open(GgufBuilder builder) => GgufFile.Open(_folder.Write("model.gguf", builder.Build()));
}

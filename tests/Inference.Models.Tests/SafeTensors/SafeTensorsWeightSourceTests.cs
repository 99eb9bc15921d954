using Inference.Models.SafeTensors;

namespace Inference.Models.Tests.SafeTensors;

public sealed class SafeTensorsWeightSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OpenSharded_TwoFiles_ReadsFromBoth()
    {
        _folder.Write("one.safetensors", new SafeTensorsBuilder().With("a", [2], [1, 2]).Build());
        _folder.Write("two.safetensors", new SafeTensorsBuilder().With("b", [1, 3], [3, 4, 5]).Build());
        using var source = OpenSharded("""{"a":"one.safetensors","b":"two.safetensors"}""");

        Assert.Equal(["a", "b"], source.Names.Order());
        Assert.Equal(["one.safetensors", "two.safetensors"], source.Paths.Select(Path.GetFileName));
        Assert.True(source.TryGetShape("b", out var shape));
        Assert.Equal([1L, 3], shape);
        Assert.False(source.TryGetShape("c", out _));
        var values = new float[3];
        source.ReadRows("b", 0, values);
        Assert.Equal([3, 4, 5], values);
    }

    [Theory]
    [InlineData("""{"a":"../one.safetensors"}""", "'weight_map.a' should name a .safetensors file beside the index")]
    [InlineData("""{"a":"/etc/passwd"}""", "'weight_map.a' should name a .safetensors file beside the index")]
    [InlineData("""{"a":"config.json"}""", "'weight_map.a' should name a .safetensors file beside the index")]
    [InlineData("""{"a":7}""", "'weight_map.a' should be a string")]
    [InlineData("""{"a":"two.safetensors"}""", "two.safetensors: cannot be opened")]
    [InlineData("""{"x":"one.safetensors"}""", "tensor 'x' is not in one.safetensors")]
    [InlineData("null", "'weight_map' is missing")]
    public void OpenSharded_BadIndex_IsOneClearLine(string map, string expected)
    {
        _folder.Write("one.safetensors", new SafeTensorsBuilder().With("a", [2], [1, 2]).Build());
        var exception = Assert.Throws<ModelFormatException>(() => OpenSharded(map).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadRows_MissingTensor_NamesIt()
    {
        using var source = SafeTensorsWeightSource.OpenFile(
            _folder.Write("m.safetensors", new SafeTensorsBuilder().With("a", [1], [1]).Build()));
        var exception = Assert.Throws<ModelFormatException>(() => source.ReadRows("b", 0, new float[1]));
        Assert.Contains("m.safetensors: tensor 'b' is missing", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryGetShape_TypeThatCannotBeRead_NamesTensorAndType()
    {
        using var source = SafeTensorsWeightSource.OpenFile(
            _folder.Write("m.safetensors", new SafeTensorsBuilder().With("a", "I32", [1], new byte[4]).Build()));
        var exception = Assert.Throws<ModelFormatException>(() => source.TryGetShape("a", out _));
        Assert.Contains("tensor 'a': type I32 cannot be read", exception.Message, StringComparison.Ordinal);
    }

    private SafeTensorsWeightSource OpenSharded(string map) => SafeTensorsWeightSource.OpenSharded(
        _folder.Write(SafeTensorsIndex.FileName, $$"""{"metadata":{"total_size":20},"weight_map":{{map}}}"""));
}

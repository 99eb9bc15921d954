using Inference.Server.Options;

namespace Inference.Server.Tests.Options;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("1073741824", 1L << 30)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1 GiB", 1L << 30)]
    [InlineData("1.5gib", 3L << 29)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("4k", 4096)]
    [InlineData("7B", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Parse_Sizes_GivesBytes(string text, long expected) => Assert.Equal(expected, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("GiB")]
    [InlineData("1XB")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("0.4B")]
    [InlineData("NaN")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999TiB")]
    public void Parse_Others_AreRefused(string text) => Assert.Throws<FormatException>(() => ByteSize.Parse(text));
}

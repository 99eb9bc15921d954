using Inference.Models.Conversion;

namespace Inference.Models.Tests.Conversion;

public sealed class FileDigestTests : IDisposable
{
    private const int SegmentLength = 4 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Compute_EmptyFile_IsTheDigestOfNothing() => Assert.Equal("99aa06d3014798d86001c324468d497f", Digest([]));

    [Fact]
    public void Compute_AnyBitOrLengthChanged_Differs()
    {
        var content = new byte[2 * SegmentLength + 5];
        new Random(1).NextBytes(content);
        var digests = new HashSet<string> { Digest(content) };

        foreach (var place in (int[])[0, SegmentLength - 1, SegmentLength, content.Length - 1])
        {
            content[place] ^= 1;
            Assert.True(digests.Add(Digest(content)));
            content[place] ^= 1;
        }
        Assert.True(digests.Add(Digest(content.AsSpan(0, content.Length - 1))));
        Assert.True(digests.Add(Digest(content.AsSpan(0, 2 * SegmentLength))));
        var (first, second, rest) = (content[..SegmentLength], content[SegmentLength..(2 * SegmentLength)], content[(2 * SegmentLength)..]);
        Assert.True(digests.Add(Digest([.. second, .. first, .. rest])));
        Assert.False(digests.Add(Digest(content)));
    }

    [Fact]
    public void Compute_Cancelled_Stops()
    {
        File.WriteAllBytes(_folder["file"], [1]);

        Assert.Throws<OperationCanceledException>(
            () => FileDigest.Compute(_folder["file"], Counter, new CancellationToken(canceled: true)));
    }

    private static ProgressCounter Counter => new(ConversionStage.Verify, 0, null);

    private string Digest(ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(_folder["file"], content);
        return FileDigest.Compute(_folder["file"], Counter, TestContext.Current.CancellationToken);
    }
}

using System.Buffers;
using System.IO.Hashing;

namespace Inference.Models.Conversion;

/// <summary>
/// A file's content as 128 bits: XXH3-128 over the XXH3-128 of its segments, so that all cores can work on one file. It tells damage and
/// change, not malice.
/// </summary>
internal static class FileDigest
{
    /// <summary>Part of the definition: other segments give other digests.</summary>
    private const int SegmentLength = 4 << 20;

    private const int DigestLength = 16;

    /// <summary>Gives the digest as 32 hexadecimal digits.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static string Compute(string path, ProgressCounter progress, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        var segments = (int)((length + SegmentLength - 1) / SegmentLength);
        var digests = new byte[checked(segments * DigestLength)];
        ParallelWork.ForEach(Enumerable.Range(0, segments), segment =>
        {
            var offset = (long)segment * SegmentLength;
            var buffer = ArrayPool<byte>.Shared.Rent(SegmentLength);
            try
            {
                var bytes = buffer.AsSpan(0, (int)Math.Min(SegmentLength, length - offset));
                ReadExactly(file, bytes, offset, path);
                XxHash128.Hash(bytes, digests.AsSpan(segment * DigestLength, DigestLength));
                progress.Add(bytes.Length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }, cancellationToken);
        return Convert.ToHexStringLower(XxHash128.Hash(digests));
    }

    private static void ReadExactly(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> buffer, long offset, string path)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"'{path}' became shorter while it was read");
            }
            buffer = buffer[read..];
            offset += read;
        }
    }
}

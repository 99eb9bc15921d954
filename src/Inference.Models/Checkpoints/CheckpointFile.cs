using Microsoft.Win32.SafeHandles;

namespace Inference.Models.Checkpoints;

/// <summary>
/// A file of weights, read by position. Reads go through the page cache into the caller's buffer, not through a mapping: a file that
/// shrinks or a disk that fails while it is read is then an error like any other, where a mapping would kill the process. Safe for
/// concurrent readers.
/// </summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private CheckpointFile(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        _handle = handle;
        Length = length;
    }

    /// <summary>As given; every message starts with it.</summary>
    public string Path { get; }

    /// <summary>Bytes, when it was opened.</summary>
    public long Length { get; }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="ModelFormatException">It cannot be opened.</exception>
    public static CheckpointFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path);
            return new CheckpointFile(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            handle?.Dispose();
            throw new ModelFormatException($"{path}: cannot be opened: {exception.Message}", exception);
        }
    }

    /// <summary>Opens, parses and, when the parser fails, closes the file.</summary>
    public static T Open<T>(string path, Func<CheckpointFile, T> parse)
    {
        var file = Open(path);
        try
        {
            return parse(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads exactly <paramref name="destination"/> from <paramref name="offset"/>.</summary>
    /// <exception cref="ModelFormatException">The file ends before, or cannot be read.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                var count = RandomAccess.Read(_handle, destination, offset);
                if (count == 0)
                {
                    throw Error($"ends at byte {offset}, {destination.Length} bytes too early");
                }

                destination = destination[count..];
                offset += count;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{Path}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>An exception whose message names this file.</summary>
    public ModelFormatException Error(string what) => new($"{Path}: {what}");

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}

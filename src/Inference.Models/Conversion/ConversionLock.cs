namespace Inference.Models.Conversion;

/// <summary>
/// Lets one process at a time convert a model: a second would need the same disk space and the same cores for the same bytes. It is a file
/// held open without sharing, so the operating system frees it when its holder ends in whatever way. The empty file stays: a lock whose
/// file is removed could be held twice.
/// </summary>
internal static class ConversionLock
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the lock is free; calls <paramref name="waiting"/> once if it is not at first.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static FileStream Acquire(string path, Action waiting, CancellationToken cancellationToken)
    {
        var held = TryAcquire(path);
        if (held is null)
        {
            waiting();
        }
        while (held is null)
        {
            cancellationToken.WaitHandle.WaitOne(PollInterval);
            cancellationToken.ThrowIfCancellationRequested();
            held = TryAcquire(path);
        }
        return held;
    }

    /// <summary>Gives null when another process, or another thread, holds the lock.</summary>
    public static FileStream? TryAcquire(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsHeldElsewhere(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// .NET reports a sharing violation as EWOULDBLOCK on Unix (11 on Linux, 35 on macOS) and as ERROR_SHARING_VIOLATION on Windows.
    /// </summary>
    private static bool IsHeldElsewhere(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}

using Inference.Server.Options;

namespace Inference.Server.Storage;

/// <summary>
/// The folder that outlives the server: a database, and files. One server at a time has it. Without one (the option says "none", there is no
/// home folder, or the default folder is not to be had) a temporary folder takes its place, and nothing outlives the server.
/// </summary>
internal sealed partial class DataFolder : IDisposable
{
    /// <summary>As the option: keep nothing.</summary>
    public const string None = "none";

    private const string LockName = "lock";

    private readonly Lazy<string> _path;
    private readonly FileStream? _lock;

    private DataFolder(FileStream? held, Func<string> path)
    {
        _lock = held;
        _path = new Lazy<string>(path);
    }

    /// <summary>Whether it outlives the server.</summary>
    public bool IsKept => _lock is not null;

    /// <summary>Where it is; it exists.</summary>
    public string Path => _path.Value;

    /// <summary>The folder that the options ask for.</summary>
    /// <exception cref="OptionException">The folder was named, and is not to be had.</exception>
    public static DataFolder Open(ServerOptions options, ILogger<DataFolder> logger)
    {
        if (options.DataDir == None)
        {
            return Temporary();
        }

        if (options.DataDir is { } named)
        {
            return Keep(named);
        }

        try
        {
            return Default() is { } path ? Keep(path) : throw new OptionException("--data-dir: neither it nor XDG_DATA_HOME nor HOME is set");
        }
        catch (OptionException exception)
        {
            Log.NothingIsKept(logger, exception.Message);
            return Temporary();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock?.Dispose();
        if (!IsKept && _path.IsValueCreated)
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static DataFolder Temporary() => new(null, () => Directory.CreateTempSubdirectory("inference-").FullName);

    private static DataFolder Keep(string path)
    {
        try
        {
            var full = System.IO.Path.GetFullPath(path);
            Directory.CreateDirectory(full);
            CheckWritable(full);
            return new DataFolder(Hold(path, full), () => full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException($"--data-dir {path}: {exception.Message}");
        }
    }

    // The lock is the operating system's, and gone with the process however that ends.
    private static FileStream Hold(string path, string full)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(full, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new OptionException($"--data-dir {path}: another server uses it");
        }
    }

    private static void CheckWritable(string full)
    {
        var probe = System.IO.Path.Combine(full, $"{Guid.NewGuid():N}.tmp");
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
    }

    private static string? Default()
    {
        var root = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        if (string.IsNullOrEmpty(root))
        {
            root = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? System.IO.Path.Combine(home, ".local", "share") : null;
        }

        return root is null ? null : System.IO.Path.Combine(root, "inference");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Responses, files and batches are not kept over a restart: {Reason}")]
        public static partial void NothingIsKept(ILogger logger, string reason);
    }
}

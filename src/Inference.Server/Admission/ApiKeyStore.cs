using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Inference.Server.Options;

namespace Inference.Server.Admission;

/// <summary>
/// The keys that requests may show: those of the options, and those of a file, which is read again when it has changed. Readers see one
/// immutable list; a file that cannot be read leaves it as it was.
/// </summary>
internal sealed partial class ApiKeyStore : IDisposable
{
    private const int NameDigits = 8;
    private const int OwnerDigits = 32;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string? _path;
    private readonly ImmutableArray<ApiKey> _fixed;
    private readonly ILogger<ApiKeyStore> _logger;
    private readonly ITimer? _timer;
    private (DateTime Written, long Length) _seen;
    private volatile ApiKey[] _keys;

    /// <summary>Reads the file, if there is one.</summary>
    /// <exception cref="OptionException">The file cannot be read, or has no key.</exception>
    public ApiKeyStore(ServerOptions options, TimeProvider time, ILogger<ApiKeyStore> logger)
    {
        _logger = logger;
        _path = options.ApiKeyFile;
        _fixed = [.. options.ApiKeys.Select((key, index) => Named(DigestOf(key), $"key {index}", WeightOf(options, index)))];
        _keys = [.. _fixed];
        if (_path is not null)
        {
            Load(_path);
            _timer = time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
        }
    }

    /// <summary>Whether requests need no key.</summary>
    public bool IsOpen => _path is null && _fixed.IsEmpty;

    /// <summary>Whose key it is; null when it is nobody's. Looks at every key, so that the time does not tell which one came close.</summary>
    public ClientIdentity? Find(string key)
    {
        var digest = DigestOf(key);
        ClientIdentity? found = null;
        foreach (var known in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(digest, known.Digest) ? known.Client : found;
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private static double WeightOf(ServerOptions options, int index) => options.ApiKeyWeights.IsEmpty ? 1 : options.ApiKeyWeights[index];

    private static byte[] DigestOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static ApiKey Named(byte[] digest, string name, double weight) =>
        new(digest, new ClientIdentity(name, weight) { Owner = Convert.ToHexStringLower(digest)[..OwnerDigits] });

    // A key's name comes from its digest, so that it stays the same whatever else the file holds.
    private static ApiKey FromFile(string key)
    {
        var digest = DigestOf(key);
        return Named(digest, "key " + Convert.ToHexStringLower(digest)[..NameDigits], 1);
    }

    private void Load(string path)
    {
        try
        {
            _seen = Stamp(path);
            var keys = Read(path);
            _keys = keys.Count > 0 ? [.. _fixed, .. keys] : throw new OptionException($"--api-key-file {path}: has no key");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"--api-key-file {path}: {exception.Message}");
        }
    }

    private void Look()
    {
        try
        {
            var stamp = Stamp(_path!);
            if (stamp != _seen)
            {
                _keys = [.. _fixed, .. Read(_path!)];
                _seen = stamp;
                Log.Reloaded(_logger, _keys.Length);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.CannotRead(_logger, exception.Message);
        }
    }

    private static (DateTime Written, long Length) Stamp(string path)
    {
        var file = new FileInfo(path);
        return (file.LastWriteTimeUtc, file.Length);
    }

    private static List<ApiKey> Read(string path) =>
    [
        .. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').Select(FromFile),
    ];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The file of API keys has changed: {Count} keys are valid now.")]
        public static partial void Reloaded(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Warning, "The file of API keys cannot be read, and the keys stay as they were: {Reason}")]
        public static partial void CannotRead(ILogger logger, string reason);
    }
}

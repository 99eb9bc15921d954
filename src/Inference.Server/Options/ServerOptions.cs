using System.Collections.Immutable;

namespace Inference.Server.Options;

/// <summary>Everything that can be asked of the server at start. The defaults are here; <see cref="OptionTable"/> says how each is named and read.</summary>
internal sealed record ServerOptions
{
    /// <summary>The address to listen on: an IP address, "localhost", or "*" for every address.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The TCP port; 0 lets the system choose.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>The model's folder or file; null for the default model.</summary>
    public string? Model { get; init; }

    /// <summary>The arithmetic to run the model in.</summary>
    public string Dtype { get; init; } = "auto";

    /// <summary>The numbers to keep keys and values in.</summary>
    public string KvCacheDtype { get; init; } = "auto";

    /// <summary>The names that requests may use; empty for the model's own name.</summary>
    public ImmutableArray<string> ServedModelNames { get; init; } = [];

    /// <summary>The most tokens of one request, prompt and output together; null for the model's own limit.</summary>
    public int? MaxModelLen { get; init; }

    /// <summary>The most requests in one step.</summary>
    public int MaxNumSeqs { get; init; } = 256;

    /// <summary>The most tokens in one step.</summary>
    public int MaxNumBatchedTokens { get; init; } = 512;

    /// <summary>The most requests that wait; more are refused with 429.</summary>
    public int MaxQueueLength { get; init; } = 1024;

    /// <summary>Whether requests take from the KV cache what others have computed of the same prefix.</summary>
    public bool EnablePrefixCaching { get; init; } = true;

    /// <summary>Tokens per KV cache block.</summary>
    public int BlockSize { get; init; } = 16;

    /// <summary>KV cache blocks; null to derive them from <see cref="KvCacheMemory"/>.</summary>
    public int? NumBlocks { get; init; }

    /// <summary>Bytes of KV cache; null lets the server choose.</summary>
    public long? KvCacheMemory { get; init; }

    /// <summary>Threads that compute; null for one per processor core.</summary>
    public int? Threads { get; init; }

    /// <summary>Keys of which /v1 requests must show one; empty for none.</summary>
    public ImmutableArray<string> ApiKeys { get; init; } = [];

    /// <summary>Where converted models are kept; null for the user's cache folder.</summary>
    public string? CacheDir { get; init; }

    /// <summary>How long running requests may go on after the signal to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

using System.Collections.Immutable;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;

namespace Inference.Server.Options;

/// <summary>Everything that can be asked of the server at start. The defaults are here; <see cref="OptionTable"/> says how each is named and read.</summary>
internal sealed record ServerOptions
{
    /// <summary>The address to listen on: an IP address, "localhost", or "*" for every address.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The TCP port; 0 lets the system choose.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>The folder or file of the one model that these options are for; null for the default model.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// The models that were asked for, in order; empty for <see cref="Model"/> alone. <see cref="ModelOptions.Each"/> makes options for each of them.
    /// </summary>
    public ImmutableArray<ModelArgument> Models { get; init; } = [];

    /// <summary>The arithmetic to run the model in.</summary>
    public string Dtype { get; init; } = "auto";

    /// <summary>The numbers to keep keys and values in.</summary>
    public string KvCacheDtype { get; init; } = "auto";

    /// <summary>The names that requests may use; empty for the model's own name.</summary>
    public ImmutableArray<string> ServedModelNames { get; init; } = [];

    /// <summary>How tool calls are written: a <see cref="Parsing.ToolCallFormat"/>'s name, "none", or "auto" for what the chat template says.</summary>
    public string ToolCallParser { get; init; } = "auto";

    /// <summary>How reasoning is written: "deepseek_r1", "qwen3", "none", or "auto" for what the chat template says.</summary>
    public string ReasoningParser { get; init; } = "auto";

    /// <summary>The most alternatives that a request may ask for with each token; -1 for no limit.</summary>
    public int MaxLogprobs { get; init; } = 20;

    /// <summary>The most tokens of one request, prompt and output together; null for the model's own limit.</summary>
    public int? MaxModelLen { get; init; }

    /// <summary>The most requests in one step.</summary>
    public int MaxNumSeqs { get; init; } = 256;

    /// <summary>The most tokens in one step.</summary>
    public int MaxNumBatchedTokens { get; init; } = 256;

    /// <summary>The most requests that wait; more are refused with 429.</summary>
    public int MaxQueueLength { get; init; } = 1024;

    /// <summary>The most prompt tokens that wait; more are refused with 429. Null for no limit.</summary>
    public long? MaxQueuedTokens { get; init; }

    /// <summary>Who is next.</summary>
    public QueuePolicy SchedulingPolicy { get; init; } = QueuePolicy.Fcfs;

    /// <summary>The waiting that one level of priority is worth.</summary>
    public TimeSpan PriorityAgeing { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of the growth to be expected must have room before another request joins.</summary>
    public double ScheduleConservativeness { get; init; } = 1;

    /// <summary>When requests may join those that run.</summary>
    public BatchingMode Batching { get; init; } = BatchingMode.Rolling;

    /// <summary>When requests get their cache blocks.</summary>
    public CacheAllocation Allocation { get; init; } = CacheAllocation.Paged;

    /// <summary>How prompts and decodes share steps.</summary>
    public PrefillMode Prefill { get; init; } = PrefillMode.Chunked;

    /// <summary>The most requests of a dynamic batch.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>How long a dynamic batch waits to be full.</summary>
    public TimeSpan MaxBatchDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether requests take from the KV cache what others have computed of the same prefix.</summary>
    public bool EnablePrefixCaching { get; init; } = true;

    /// <summary>How tokens are proposed and verified ahead of time; null for not at all.</summary>
    public SpeculationOptions? Speculation { get; init; }

    /// <summary>Tokens per KV cache block.</summary>
    public int BlockSize { get; init; } = 16;

    /// <summary>KV cache blocks; null to derive them from <see cref="KvCacheMemory"/>.</summary>
    public int? NumBlocks { get; init; }

    /// <summary>Bytes of KV cache; null lets the server choose.</summary>
    public long? KvCacheMemory { get; init; }

    /// <summary>Whether <see cref="KvCacheMemory"/> is for all such models together, rather than for this one alone.</summary>
    public bool SharesCacheMemory { get; init; } = true;

    /// <summary>The adapters to begin with.</summary>
    public ImmutableArray<LoraArgument> Loras { get; init; } = [];

    /// <summary>The largest rank of an adapter.</summary>
    public int MaxLoraRank { get; init; } = 256;

    /// <summary>The most adapters that are loaded at a time, each of which may be in any step.</summary>
    public int MaxLoras { get; init; } = 64;

    /// <summary>Whether adapters can be loaded and unloaded over HTTP.</summary>
    public bool AllowRuntimeLoraUpdating { get; init; }

    /// <summary>Whether the model has to be converted so that adapters can change it.</summary>
    public bool TakesAdapters => AllowRuntimeLoraUpdating || !Loras.IsEmpty;

    /// <summary>Threads that compute; null for one per processor core.</summary>
    public int? Threads { get; init; }

    /// <summary>Keys of which /v1 requests must show one; empty for none.</summary>
    public ImmutableArray<string> ApiKeys { get; init; } = [];

    /// <summary>A file with further keys, one on each line, that is read again when it changes; null for none.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Origins whose pages may call the server from a browser, or "*"; empty for none.</summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>The largest request body, in bytes: by default more than the longest prompt of any model in use.</summary>
    public long MaxBodySize { get; init; } = 32 << 20;

    /// <summary>The most connections at a time; null for no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How long an answer may take, from its checks to its end; null for no limit.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>How long a stream waits for its first token before it shows a sign of life; null for however long it takes.</summary>
    public TimeSpan? SseKeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The collector that traces and metrics are sent to; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>The share of each key under the policy "fair", in the order of <see cref="ApiKeys"/>; empty for equal shares.</summary>
    public ImmutableArray<double> ApiKeyWeights { get; init; } = [];

    /// <summary>The most requests per minute of one key; null for no limit.</summary>
    public int? RateLimitRequests { get; init; }

    /// <summary>The most prompt tokens per minute of one key; null for no limit.</summary>
    public int? RateLimitTokens { get; init; }

    /// <summary>Whether GET /debug/engine tells the latest steps.</summary>
    public bool EnableDebugEndpoints { get; init; }

    /// <summary>Where converted models are kept; null for the user's cache folder.</summary>
    public string? CacheDir { get; init; }

    /// <summary>Where responses, files and batches are kept; "none" to keep nothing over a restart, null for the user's data folder.</summary>
    public string? DataDir { get; init; }

    /// <summary>How long stored responses are kept.</summary>
    public TimeSpan ResponseRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The most stored responses; the oldest give way.</summary>
    public int MaxStoredResponses { get; init; } = 100_000;

    /// <summary>The largest file that may be uploaded, in bytes.</summary>
    public long MaxFileSize { get; init; } = 512L << 20;

    /// <summary>The most that files may take together, in bytes.</summary>
    public long MaxStoredFiles { get; init; } = 16L << 30;

    /// <summary>Requests of batches start while fewer requests than this are there, those that people wait for included.</summary>
    public int BatchConcurrency { get; init; } = 16;

    /// <summary>How long running requests may go on after the signal to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

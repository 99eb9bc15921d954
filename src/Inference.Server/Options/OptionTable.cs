using System.Collections.Immutable;

namespace Inference.Server.Options;

/// <summary>All options. The command line, the environment, appsettings.json and the help are read off this table.</summary>
internal static class OptionTable
{
    private const int MaxTokens = 1 << 24;

    /// <summary>In the order that the help shows.</summary>
    public static ImmutableArray<OptionDefinition> All { get; } =
    [
        new("model", "PATH", "The model: a folder, or a GGUF file. Default: models/smollm2-135m-instruct.",
            (options, text) => options with { Model = OptionText.NotEmpty(text) }),
        new("served-model-name", "NAME", "The model's name in requests; several are separated by commas. Default: the name of its folder.",
            (options, text) => options with { ServedModelNames = OptionText.List(text) }),
        new("host", "ADDRESS", "The address to listen on: an IP address, localhost, or * for all. Default: localhost.",
            (options, text) => options with { Host = OptionText.Host(text) }),
        new("port", "N", "The TCP port to listen on; 0 takes a free one. Default: 8080.",
            (options, text) => options with { Port = OptionText.Integer(text, 0, ushort.MaxValue) }),
        new("api-key", "KEY", "A key that /v1 requests must show as a bearer token; several are separated by commas. Default: none is asked for.",
            (options, text) => options with { ApiKeys = OptionText.List(text) }),
        new("dtype", "TYPE", "The arithmetic to run the model in: float32, int8, or auto for int8 where the model allows. Default: auto.",
            (options, text) => options with { Dtype = OptionText.OneOf(text, "auto", "float32", "int8") }),
        new("kv-cache-dtype", "TYPE", "The numbers to keep keys and values in: float32, int8, or auto for what goes with --dtype. Default: auto.",
            (options, text) => options with { KvCacheDtype = OptionText.OneOf(text, "auto", "float32", "int8") }),
        new("max-model-len", "TOKENS", "The most tokens of one request, prompt and output together. Default: the model's own limit.",
            (options, text) => options with { MaxModelLen = OptionText.Integer(text, 1, MaxTokens) }),
        new("max-num-seqs", "N", "The most requests that run in one step. Default: 256.",
            (options, text) => options with { MaxNumSeqs = OptionText.Integer(text, 1, 4096) }),
        new("max-num-batched-tokens", "TOKENS", "The most tokens that one step computes. Default: 512.",
            (options, text) => options with { MaxNumBatchedTokens = OptionText.Integer(text, 1, MaxTokens) }),
        new("max-queue-length", "N", "The most requests that wait to run; more are refused with 429. Default: 1024.",
            (options, text) => options with { MaxQueueLength = OptionText.Integer(text, 1, 1_000_000) }),
        new("enable-prefix-caching", "BOOL", "Whether prompts take from the KV cache what was computed before of the same prefix. Default: true.",
            (options, text) => options with { EnablePrefixCaching = OptionText.Boolean(text) }),
        new("block-size", "TOKENS", "Tokens per block of the KV cache. Default: 16.",
            (options, text) => options with { BlockSize = OptionText.PowerOfTwo(text, 16, 1024) }),
        new("num-blocks", "N", "Blocks in the KV cache. Default: as many as --kv-cache-memory holds.",
            (options, text) => options with { NumBlocks = OptionText.Integer(text, 1, int.MaxValue) }),
        new("kv-cache-memory", "SIZE", "Memory for the KV cache, such as 512MiB, 1GiB or a number of bytes. Default: 2GiB, or a quarter of the memory if that is less.",
            (options, text) => options with { KvCacheMemory = ByteSize.Parse(text) }),
        new("threads", "N", "Threads that compute. Default: one per processor core.",
            (options, text) => options with { Threads = OptionText.Integer(text, 1, 1024) }),
        new("cache-dir", "PATH", "Where converted models are kept. Default: inference in the user's cache folder.",
            (options, text) => options with { CacheDir = OptionText.NotEmpty(text) }),
        new("drain-timeout", "SECONDS", "How long running requests may go on after the signal to stop. Default: 30.",
            (options, text) => options with { DrainTimeout = TimeSpan.FromSeconds(OptionText.Integer(text, 0, 86_400)) }),
    ];
}

using System.Collections.Immutable;
using Inference.Engine.Scheduling;
using Inference.Server.Parsing;

namespace Inference.Server.Options;

/// <summary>All options. The command line, the environment, appsettings.json and the help are read off this table.</summary>
internal static class OptionTable
{
    private const int MaxTokens = 1 << 24;

    /// <summary>In the order that the help shows.</summary>
    public static ImmutableArray<OptionDefinition> All { get; } =
    [
        new("model", "[NAME=]PATH[,OPTION=VALUE...]", "The model: a folder, or a GGUF file. Given several times, all of them are served, each with options of its own. Default: models/smollm2-135m-instruct.",
            (options, text) => options with { Models = options.Models.Add(ModelArgument.Parse(OptionText.NotEmpty(text))) }) { IsRepeatable = true },
        new("served-model-name", "NAME", "The model's name in requests, unless --model gives it; several are separated by commas. Default: the name of its folder.",
            (options, text) => options with { ServedModelNames = OptionText.List(text) }),
        new("host", "ADDRESS", "The address to listen on: an IP address, localhost, or * for all. Default: localhost.",
            (options, text) => options with { Host = OptionText.Host(text) }),
        new("port", "N", "The TCP port to listen on; 0 takes a free one. Default: 8080.",
            (options, text) => options with { Port = OptionText.Integer(text, 0, ushort.MaxValue) }),
        new("api-key", "KEY", "A key that /v1 requests must show as a bearer token; several are separated by commas. Default: none is asked for.",
            (options, text) => options with { ApiKeys = OptionText.List(text) }),
        new("api-key-file", "PATH", "A file of further keys, one on each line, that is read again when it changes. Default: none.",
            (options, text) => options with { ApiKeyFile = OptionText.NotEmpty(text) }),
        new("api-key-weights", "LIST", "The share of each API key under the policy fair, separated by commas. Default: equal shares.",
            (options, text) => options with { ApiKeyWeights = [.. OptionText.List(text).Select(weight => OptionText.Number(weight, 0.001, 1000))] }),
        new("dtype", "TYPE", "The arithmetic to run the model in: float32, int8, or auto for int8 where the model allows. Default: auto.",
            (options, text) => options with { Dtype = OptionText.OneOf(text, "auto", "float32", "int8") }),
        new("kv-cache-dtype", "TYPE", "The numbers to keep keys and values in: float32, int8, or auto for what goes with --dtype. Default: auto.",
            (options, text) => options with { KvCacheDtype = OptionText.OneOf(text, "auto", "float32", "int8") }),
        new("max-model-len", "TOKENS", "The most tokens of one request, prompt and output together. Default: the model's own limit.",
            (options, text) => options with { MaxModelLen = OptionText.Integer(text, 1, MaxTokens) }),
        new("tool-call-parser", "NAME", "How the model writes tool calls: hermes, llama3_json, mistral, deepseek_v3, pythonic, none, or auto for what its chat template says. Default: auto.",
            (options, text) => options with { ToolCallParser = OptionText.OneOf(text, ["auto", "none", .. ToolCallFormat.All.Select(format => format.Name)]) }),
        new("reasoning-parser", "NAME", "How the model writes reasoning: deepseek_r1 (from the beginning), qwen3 (in <think> tags), none, or auto for what its chat template says. Default: auto.",
            (options, text) => options with { ReasoningParser = OptionText.OneOf(text, "auto", "none", "deepseek_r1", "qwen3") }),
        new("max-logprobs", "N", "The most alternatives that a request may ask for with each token; -1 for no limit. Default: 20.",
            (options, text) => options with { MaxLogprobs = OptionText.Integer(text, -1, MaxTokens) }),
        new("max-num-seqs", "N", "The most requests that run in one step. Default: 256.",
            (options, text) => options with { MaxNumSeqs = OptionText.Integer(text, 1, 4096) }) { LmiName = "max_rolling_batch_size" },
        new("max-num-batched-tokens", "TOKENS", "The most tokens that one step computes. Default: 256.",
            (options, text) => options with { MaxNumBatchedTokens = OptionText.Integer(text, 1, MaxTokens) }) { LmiName = "max_rolling_batch_prefill_tokens" },
        new("scheduling-policy", "NAME", "Who is next: fcfs, priority, fair (by tokens per API key), deadline. Default: fcfs.",
            (options, text) => options with { SchedulingPolicy = OptionText.Name<QueuePolicy>(text) }),
        new("priority-ageing", "SECONDS", "The waiting that one level of priority is worth. Default: 10.",
            (options, text) => options with { PriorityAgeing = TimeSpan.FromSeconds(OptionText.Number(text, 0.001, 86_400)) }),
        new("schedule-conservativeness", "X", "How much of the cache growth to be expected must have room before another request joins; 0 preempts more often. Default: 1.",
            (options, text) => options with { ScheduleConservativeness = OptionText.Number(text, 0, 10) }),
        new("rolling-batch", "MODE", "auto: requests join those that run in any step; disable: a batch is collected and runs to its end. Default: auto.",
            (options, text) => options with { Batching = OptionText.OneOf(text, "auto", "disable") == "auto" ? BatchingMode.Rolling : BatchingMode.Dynamic })
        {
            LmiName = "rolling_batch",
        },
        new("batch-size", "N", "The most requests of a batch without rolling. Default: 4.",
            (options, text) => options with { BatchSize = OptionText.Integer(text, 1, 4096) }) { LmiName = "batch_size" },
        new("max-batch-delay", "MILLISECONDS", "How long a batch waits to be full without rolling. Default: 100.",
            (options, text) => options with { MaxBatchDelay = TimeSpan.FromMilliseconds(OptionText.Integer(text, 0, 3_600_000)) })
        {
            LmiName = "max_batch_delay",
        },
        new("paged-attention", "BOOL", "Whether requests get cache blocks as they grow; if not, for prompt and max_tokens at once. Default: true.",
            (options, text) => options with { Allocation = OptionText.Boolean(text) ? CacheAllocation.Paged : CacheAllocation.Contiguous })
        {
            LmiName = "paged_attention",
        },
        new("prefill", "MODE", "chunked: prompts share steps with decodes; exclusive: decodes pause while prompts are computed. Default: chunked.",
            (options, text) => options with { Prefill = OptionText.Name<PrefillMode>(text) }),
        new("max-queue-length", "N", "The most requests that wait to run; more are refused with 429. Default: 1024.",
            (options, text) => options with { MaxQueueLength = OptionText.Integer(text, 1, 1_000_000) }),
        new("max-queued-tokens", "TOKENS", "The most prompt tokens that wait to run; more are refused with 429. Default: no limit.",
            (options, text) => options with { MaxQueuedTokens = OptionText.Integer(text, 1, int.MaxValue) }),
        new("rate-limit-requests", "N", "The most requests per minute of one API key; more are refused with 429. Default: no limit.",
            (options, text) => options with { RateLimitRequests = OptionText.Integer(text, 1, 100_000_000) }),
        new("rate-limit-tokens", "N", "The most prompt tokens per minute of one API key; more are refused with 429. Default: no limit.",
            (options, text) => options with { RateLimitTokens = OptionText.Integer(text, 1, int.MaxValue) }),
        new("enable-prefix-caching", "BOOL", "Whether prompts take from the KV cache what was computed before of the same prefix. Default: true.",
            (options, text) => options with { EnablePrefixCaching = OptionText.Boolean(text) }),
        new("speculative-config", "JSON", "Tokens proposed from what was there before and verified together, such as {\"method\": \"ngram\", \"num_speculative_tokens\": 5}. Default: off.",
            (options, text) => options with { Speculation = SpeculativeConfig.Parse(text) }),
        new("block-size", "TOKENS", "Tokens per block of the KV cache. Default: 16.",
            (options, text) => options with { BlockSize = OptionText.PowerOfTwo(text, 16, 1024) }),
        new("num-blocks", "N", "Blocks in the KV cache. Default: as many as --kv-cache-memory holds.",
            (options, text) => options with { NumBlocks = OptionText.Integer(text, 1, int.MaxValue) }),
        new("kv-cache-memory", "SIZE", "Memory for the KV cache, such as 512MiB, 1GiB or a number of bytes; models without a size of their own divide it. Default: 2GiB, or a quarter of the memory if that is less.",
            (options, text) => options with { KvCacheMemory = ByteSize.Parse(text) }),
        new("threads", "N", "Threads that compute. Default: one per processor core.",
            (options, text) => options with { Threads = OptionText.Integer(text, 1, 1024) }),
        new("cache-dir", "PATH", "Where converted models are kept. Default: inference in the user's cache folder.",
            (options, text) => options with { CacheDir = OptionText.NotEmpty(text) }),
        new("enable-debug-endpoints", "BOOL", "Whether GET /debug/engine tells what the latest steps computed. Default: false.",
            (options, text) => options with { EnableDebugEndpoints = OptionText.Boolean(text) }),
        new("allowed-origins", "LIST", "Origins whose pages may call the server from a browser, separated by commas, or * for all. Default: none.",
            (options, text) => options with { AllowedOrigins = OptionText.List(text) }),
        new("max-body-size", "SIZE", "The largest request body; larger ones are refused with 413. Default: 32MiB.",
            (options, text) => options with { MaxBodySize = ByteSize.Parse(text) }),
        new("max-connections", "N", "The most connections at a time; more are closed. Default: no limit.",
            (options, text) => options with { MaxConnections = OptionText.Integer(text, 1, 1_000_000) }),
        new("request-timeout", "SECONDS", "How long an answer may take; it ends with 504 then. Default: no limit.",
            (options, text) => options with { RequestTimeout = TimeSpan.FromSeconds(OptionText.Number(text, 0.001, 86_400)) }),
        new("sse-keep-alive", "SECONDS", "How long a stream waits for its first token before it begins with a comment, which keeps proxies from closing it; 0 for however long it takes. Default: 15.",
            (options, text) => options with { SseKeepAlive = OptionText.Number(text, 0, 86_400) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null }),
        new("otlp-endpoint", "URL", "A collector to send traces and metrics to, in OpenTelemetry's protocol over HTTP. Default: none.",
            (options, text) => options with { OtlpEndpoint = OptionText.HttpUrl(text) }),
        new("drain-timeout", "SECONDS", "How long running requests may go on after the signal to stop. Default: 30.",
            (options, text) => options with { DrainTimeout = TimeSpan.FromSeconds(OptionText.Integer(text, 0, 86_400)) }),
    ];
}

using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Execution;
using Inference.Execution.Embeddings;
using Inference.Models;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Server.Options;
using Inference.Server.Parsing;
using Inference.Tokenization;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Serving;

/// <summary>From a model's files to a model that runs: open, convert (once), load the tokenizer, allocate the cache.</summary>
internal static class ModelLoader
{
    // Two GiB hold 45,000 tokens of the default model; a quarter of the memory leaves room for the weights of a model that suits the machine.
    private const long MaxDefaultCacheMemory = 2L << 30;
    private const int DefaultCacheShare = 4;

    /// <summary>Loads every model that the options name; several take turns on the cores.</summary>
    /// <exception cref="OptionException">An option does not suit a model, or two models have one name.</exception>
    /// <exception cref="ModelFormatException">The model's files cannot be used.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer's files cannot be used.</exception>
    /// <exception cref="ChatTemplateException">The chat template does not parse.</exception>
    /// <exception cref="ConversionException">The converted model cannot be kept.</exception>
    public static LoadedModels LoadAll(ServerOptions options, IProgress<ConversionProgress> progress, TimeProvider time)
    {
        var each = ModelOptions.Each(options);
        CheckNames(each);
        var (decoders, embedders) = (each.RemoveAll(MakesEmbeddings), each.Where(MakesEmbeddings));
        var sharing = decoders.Count(own => own.SharesCacheMemory);
        var turns = each.Length > 1 ? new ExecutionTurns() : null;
        return new LoadedModels(
            [.. decoders.Select(own => Load(own, own.SharesCacheMemory ? sharing : 1, turns, progress, time))],
            [.. embedders.Select(own => EmbedderLoader.Load(PathOf(own), NamesOf(own), own, turns, time))]);
    }

    private static LoadedModel Load(
        ServerOptions options, int cacheShares, ExecutionTurns? turns, IProgress<ConversionProgress> progress, TimeProvider time)
    {
        var path = PathOf(options);
        using var files = ModelFolder.Open(path);

        // The small files first: a model without a tokenizer should not be converted for nothing.
        var tokenizer = TokenizerFolder.Load(
            files.FolderPath, files.GgufMetadata is { } metadata ? new GgufVocabulary(files.SourceFiles[^1], metadata) : null);
        var template = tokenizer.ChatTemplateSource is { } source ? ChatTemplate.Parse(source) : null;
        var defaults = GenerationConfig.Read(files.FolderPath);
        CheckVocabulary(files, tokenizer);
        var dtype = DTypeFor(files.Spec, options.Dtype);
        var cacheDtype = KvCacheDTypeFor(files.Spec, dtype, options.KvCacheDtype);
        var executorOptions = ExecutorOptionsFor(files.Spec, cacheDtype, options, cacheShares) with { SharesCores = turns is not null };

        var cache = new ConversionCache(options.CacheDir ?? DefaultCacheDirectory());
        var input = new ConversionInput(files.Spec, files.Weights, files.SourceFiles);
        var conversion = new ConversionOptions { DType = dtype, KvCacheDType = cacheDtype };
        var converted = cache.GetOrConvert(input, conversion, progress, CancellationToken.None);
        var executor = OnnxModelExecutor.Load(converted, executorOptions);
        return new LoadedModel(
            new ServedModel
            {
                Names = NamesOf(options),
                Tokenizer = tokenizer.Tokenizer,
                ChatTemplate = template,
                Traits = TraitsFor(tokenizer.ChatTemplateSource, template, options),
                BosToken = tokenizer.BosToken,
                EosToken = tokenizer.EosToken,
                EosTokenIds = tokenizer.EosTokenIds.ToFrozenSet(),
                Limits = executor.Limits,
                Defaults = defaults,
                FillInMiddle = FillInMiddle.Detect(tokenizer.Tokenizer),
                Fingerprint = SystemFingerprint.Of(NameOf(path), dtype.ToString(), cacheDtype.ToString()),
                LoadedAt = time.GetUtcNow(),
            },
            turns is null ? executor : new TurnTakingExecutor(executor, turns),
            options);
    }

    private static ChatTraits TraitsFor(string? source, ChatTemplate? template, ServerOptions options)
    {
        var traits = template is null ? ChatTraits.None : ChatTraits.Detect(source!, template);
        return traits with
        {
            Tools = options.ToolCallParser == "auto" ? traits.Tools : ToolCallFormat.Named(options.ToolCallParser),
            HasReasoning = options.ReasoningParser == "auto" ? traits.HasReasoning : options.ReasoningParser != "none",
            StartsReasoning = options.ReasoningParser == "deepseek_r1",
        };
    }

    // 8 bits wherever the model allows: several times as fast, for a loss below the noise of most uses.
    private static ModelDType DTypeFor(DecoderSpec spec, string name)
    {
        var isSupported = Int8Support.IsSupported(spec, out var reason);
        return name switch
        {
            "float32" => ModelDType.Float32,
            "int8" when !isSupported => throw new OptionException($"--dtype int8: {reason}"),
            _ => isSupported ? ModelDType.Int8 : ModelDType.Float32,
        };
    }

    private static KvCacheDType KvCacheDTypeFor(DecoderSpec spec, ModelDType dtype, string name) => name switch
    {
        "float32" => KvCacheDType.Float32,
        "int8" when !Int8Support.IsCacheSupported(spec, out var reason) => throw new OptionException($"--kv-cache-dtype int8: {reason}"),
        "int8" => KvCacheDType.Int8,
        _ => Int8Support.DefaultCache(spec, dtype),
    };

    private static ExecutorOptions ExecutorOptionsFor(DecoderSpec spec, KvCacheDType cacheDtype, ServerOptions options, int cacheShares)
    {
        if (options.MaxModelLen > spec.MaxPositions)
        {
            throw new OptionException($"--max-model-len {options.MaxModelLen}: the model was made for {spec.MaxPositions} tokens at most");
        }

        return new ExecutorOptions
        {
            Threads = options.Threads ?? 0,
            BlockSize = options.BlockSize,
            BlockCount = options.NumBlocks ?? BlockCount(spec, cacheDtype, options, cacheShares),
            MaxModelLength = options.MaxModelLen ?? spec.MaxPositions,
        };
    }

    private static int BlockCount(DecoderSpec spec, KvCacheDType cacheDtype, ServerOptions options, int shares)
    {
        var blockBytes = KvCache.BytesPerBlock(spec.Shape, cacheDtype, options.BlockSize);
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var memory = options.KvCacheMemory ?? Math.Min(MaxDefaultCacheMemory, available / DefaultCacheShare);
        if (memory > available)
        {
            throw new OptionException($"--kv-cache-memory {memory}: this machine has {available} bytes of memory");
        }

        memory /= shares;
        return memory / blockBytes is >= 1 and var count
            ? (int)Math.Min(count, int.MaxValue)
            : throw new OptionException($"--kv-cache-memory {memory}: one block of {options.BlockSize} tokens takes {blockBytes} bytes");
    }

    private static void CheckVocabulary(ModelFolder files, TokenizerFolder tokenizer)
    {
        if (tokenizer.Tokenizer.VocabularySize > files.Spec.VocabularySize)
        {
            throw new ModelFormatException(
                $"{files.FolderPath}: the tokenizer has token ids up to {tokenizer.Tokenizer.VocabularySize - 1}, "
                + $"but the model's vocabulary has {files.Spec.VocabularySize} entries");
        }
    }

    private static void CheckNames(ImmutableArray<ServerOptions> each)
    {
        if (each.SelectMany(own => NamesOf(own)).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new OptionException($"--model: two models are called '{twice.Key}'; give each a name of its own: --model NAME=PATH");
        }
    }

    private static ImmutableArray<string> NamesOf(ServerOptions options) =>
        options.ServedModelNames.IsEmpty ? [NameOf(PathOf(options))] : options.ServedModelNames;

    private static bool MakesEmbeddings(ServerOptions options) => EmbeddingFolder.Is(PathOf(options));

    private static string PathOf(ServerOptions options) => options.Model ?? DefaultModel.Find();

    // A folder's name may hold dots; a file's name loses its extension.
    private static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return Directory.Exists(path) ? name : Path.GetFileNameWithoutExtension(name);
    }

    private static string DefaultCacheDirectory()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(root, "inference");
    }
}

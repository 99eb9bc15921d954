using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Execution;
using Inference.Execution.Embeddings;
using Inference.Models;
using Inference.Models.Conversion;
using Inference.Server.Options;
using Inference.Server.Parsing;
using Inference.Server.Serving.Lora;
using Inference.Tokenization;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Serving;

/// <summary>From a model's files to a model that runs: open, convert (once), load the tokenizer, allocate the cache.</summary>
internal static class ModelLoader
{
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
        foreach (var embedder in options.Models.Where(model => EmbeddingFolder.Is(model.Path)))
        {
            ModelOptions.CheckEmbedder(embedder);
        }

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
        using var source = DecoderSource.Open(path, progress);

        // The small files first: a model without a tokenizer should not be converted for nothing.
        var tokenizer = source.LoadTokenizer();
        var template = tokenizer.ChatTemplateSource is { } text ? ChatTemplate.Parse(text) : null;
        var defaults = GenerationConfig.Read(source.Folder);
        var plan = source.Plan(options, cacheShares);
        var adapters = LoraLoader.Load(source.Checkpoint, plan.DType, options, time);
        var converted = source.Convert(plan, options.CacheDir, progress, CancellationToken.None);
        var executor = OnnxModelExecutor.Load(converted, plan.Executor with { SharesCores = turns is not null });
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
                Fingerprint = SystemFingerprint.Of(NameOf(path), plan.DType.ToString(), plan.KvCacheDType.ToString()),
                LoadedAt = time.GetUtcNow(),
            },
            turns is null ? executor : new TurnTakingExecutor(executor, turns),
            options)
        {
            Adapters = adapters,
        };
    }

    /// <summary>How a model writes tool calls and reasoning: as the options say, else as its chat template does.</summary>
    public static ChatTraits TraitsFor(string? source, ChatTemplate? template, ServerOptions options)
    {
        var traits = template is null ? ChatTraits.None : ChatTraits.Detect(source!, template);
        return traits with
        {
            Tools = options.ToolCallParser == "auto" ? traits.Tools : ToolCallFormat.Named(options.ToolCallParser),
            HasReasoning = options.ReasoningParser == "auto" ? traits.HasReasoning : options.ReasoningParser != "none",
            StartsReasoning = options.ReasoningParser == "deepseek_r1",
        };
    }

    private static void CheckNames(ImmutableArray<ServerOptions> each)
    {
        if (each.SelectMany(own => NamesOf(own)).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new OptionException($"--model: two models are called '{twice.Key}'; give each a name of its own: --model NAME=PATH");
        }

        var names = each.SelectMany(own => NamesOf(own)).Concat(each.SelectMany(own => own.Loras.Select(lora => lora.Name)));
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } taken)
        {
            throw new OptionException($"--lora: the name '{taken.Key}' is given twice, to adapters or to a model");
        }

        if (each.FirstOrDefault(own => MakesEmbeddings(own) && !own.Loras.IsEmpty) is { } embedder)
        {
            throw new OptionException($"--lora: {embedder.Model} makes embeddings, and takes no adapters");
        }
    }

    private static ImmutableArray<string> NamesOf(ServerOptions options) =>
        options.ServedModelNames.IsEmpty ? [NameOf(PathOf(options))] : options.ServedModelNames;

    private static bool MakesEmbeddings(ServerOptions options) => EmbeddingFolder.Is(PathOf(options));

    /// <summary>Where a model is.</summary>
    /// <exception cref="OptionException">None is named, and the default model is not there.</exception>
    public static string PathOf(ServerOptions options) => options.Model ?? DefaultModel.Find();

    /// <summary>What a model is called when nobody says it. A folder's name may hold dots; a file's name loses its extension.</summary>
    public static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return Directory.Exists(path) ? name : Path.GetFileNameWithoutExtension(name);
    }
}

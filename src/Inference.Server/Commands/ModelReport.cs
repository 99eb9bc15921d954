using System.Globalization;
using Inference.Execution;
using Inference.Models;
using Inference.Models.Conversion;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Tokenization;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Commands;

/// <summary>What a model is, as lines of text for people.</summary>
internal static class ModelReport
{
    private const int LabelWidth = 18;

    /// <summary>The whole report.</summary>
    /// <param name="source">The model.</param>
    /// <param name="options">Its options.</param>
    /// <exception cref="OptionException">An option does not suit the model.</exception>
    public static IEnumerable<string> Of(DecoderSource source, ServerOptions options) =>
    [
        .. Model(source, options),
        "",
        .. LayerTable.Of(source.Spec),
        "",
        .. Memory(source, options),
        "",
        .. Features(source, options),
    ];

    private static IEnumerable<string> Model(DecoderSource source, ServerOptions options)
    {
        var spec = source.Spec;
        var files = source.Checkpoint?.SourceFiles ?? Directory.GetFiles(source.Folder).Order(StringComparer.Ordinal).ToArray();
        var parameters = ConversionSize.Parameters(spec).Sum(weight => weight.Elements);
        yield return Line("Model", $"{ModelLoader.NameOf(ModelLoader.PathOf(options))}, family {spec.ModelType}");
        yield return Line("Files", $"{string.Join(", ", files.Select(Path.GetFileName))}; {Bytes(files.Sum(file => new FileInfo(file).Length))}");
        yield return Line("Parameters", Number(parameters) + (spec.TieWordEmbeddings ? ", the head is the embedding" : ""));
        yield return Line("Vocabulary", $"{Number(spec.VocabularySize)} tokens");
        yield return Line("Context", $"{Number(spec.MaxPositions)} tokens");
        yield return Line("Layers", $"{spec.LayerCount} of width {Number(spec.HiddenSize)}");
    }

    private static IEnumerable<string> Memory(DecoderSource source, ServerOptions options)
    {
        var spec = source.Spec;
        var plan = source.Plan(options, cacheShares: 1);
        yield return "Memory              weights        cache per token   tokens of cache";
        foreach (var (dtype, cache) in Choices(source, plan))
        {
            var weights = source.Checkpoint is { } checkpoint
                ? ConversionSize.Of(
                    new ConversionInput(spec, checkpoint.Weights, checkpoint.SourceFiles), new ConversionOptions { DType = dtype, KvCacheDType = cache })
                : Directory.GetFiles(source.Folder, "*.bin").Sum(file => new FileInfo(file).Length);
            var perToken = KvCache.BytesPerBlock(spec.Shape, cache, options.BlockSize) / options.BlockSize;
            var isChosen = (dtype, cache) == (plan.DType, plan.KvCacheDType);
            var tokens = isChosen
                ? (long)plan.Executor.BlockCount * options.BlockSize
                : options.NumBlocks * (long)options.BlockSize ?? LoadPlan.CacheMemory(options) / perToken;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  {Name(dtype) + " / " + Name(cache),-18}{Bytes(weights),-15}{Bytes(perToken),-18}{Number(tokens)}{(isChosen ? "   <- as the options are" : "")}");
        }

        yield return Line("", $"a cache of {Bytes(LoadPlan.CacheMemory(options))} (--kv-cache-memory), blocks of {options.BlockSize} tokens");
    }

    private static IEnumerable<(ModelDType DType, KvCacheDType Cache)> Choices(DecoderSource source, LoadPlan plan)
    {
        if (source.Checkpoint is null)
        {
            return [(plan.DType, plan.KvCacheDType)];
        }

        ModelDType[] dtypes = Int8Support.IsSupported(source.Spec, out _) ? [ModelDType.Float32, ModelDType.Int8] : [ModelDType.Float32];
        KvCacheDType[] caches = Int8Support.IsCacheSupported(source.Spec, out _) ? [KvCacheDType.Float32, KvCacheDType.Int8] : [KvCacheDType.Float32];
        return dtypes.SelectMany(dtype => caches.Select(cache => (dtype, cache)));
    }

    private static IEnumerable<string> Features(DecoderSource source, ServerOptions options) =>
    [
        "Features",
        Feature("--dtype int8", Int8Support.IsSupported(source.Spec, out var reason), reason),
        Feature("--kv-cache-dtype int8", Int8Support.IsCacheSupported(source.Spec, out reason), reason),
        .. TextFeatures(source, options),
    ];

    private static IEnumerable<string> TextFeatures(DecoderSource source, ServerOptions options)
    {
        var (tokenizer, template, problem) = LoadText(source);
        if (tokenizer is null)
        {
            yield return Feature("serving", false, problem);
            yield break;
        }

        var traits = ModelLoader.TraitsFor(tokenizer.ChatTemplateSource, template, options);
        yield return Feature("chat completions", template is not null, "there is no chat template");
        yield return Feature("tool calls", traits.Tools is not null, "the chat template names no known format", traits.Tools?.Name);
        yield return Feature("reasoning", traits.HasReasoning, "the chat template knows none");
        yield return Feature("fill in the middle", FillInMiddle.Detect(tokenizer.Tokenizer) is not null, "the tokenizer has no tokens for it");
        yield return Line("  always", "completions, structured output, prefix caching, speculation, beam search, log probabilities");
    }

    /// <summary>A model whose tokenizer cannot be used cannot be served; that is no reason to tell nothing of it.</summary>
    private static (TokenizerFolder? Tokenizer, ChatTemplate? Template, string? Problem) LoadText(DecoderSource source)
    {
        try
        {
            var tokenizer = source.LoadTokenizer();
            return (tokenizer, tokenizer.ChatTemplateSource is { } text ? ChatTemplate.Parse(text) : null, null);
        }
        catch (Exception exception) when (exception is ModelFormatException or TokenizerFormatException or ChatTemplateException)
        {
            return (null, null, exception.Message.ReplaceLineEndings(" "));
        }
    }

    private static string Feature(string name, bool applies, string? otherwise, string? how = null) =>
        $"  {name,-24}{(applies ? how is null ? "yes" : $"yes: {how}" : $"no: {otherwise}")}";

    private static string Line(string label, string text) => label.PadRight(LabelWidth) + text;

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => bytes switch
    {
        >= 10L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):N1} GiB"),
        >= 10L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):N0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:N1} KiB"),
    };

    private static string Name<T>(T dtype)
        where T : struct, Enum => dtype.ToString().ToLowerInvariant();
}

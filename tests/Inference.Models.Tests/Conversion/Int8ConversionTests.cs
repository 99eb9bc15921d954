using System.Runtime.InteropServices;
using System.Text.Json;
using Inference.Models.Conversion;
using Inference.Models.Graphs.Int8;
using Inference.Models.Graphs.Onnx;
using Inference.Models.Rotation;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Conversion;

/// <summary>Models in int8, in the same cache as others.</summary>
public sealed class Int8ConversionTests : IDisposable
{
    private static readonly DecoderSpec Spec = TinyModel.Int8Spec;

    private readonly TemporaryFolder _folder = new();
    private readonly string _source;

    public Int8ConversionTests()
    {
        _source = _folder["model.gguf"];
        File.WriteAllBytes(_source, [1, 2, 3]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GetOrConvert_FirstTime_WritesGraphAndConstants()
    {
        var weights = TinyModel.Weights(Spec, scatter: true);

        var converted = Convert(weights);

        Assert.Equal((Spec, ModelDType.Int8), (converted.Spec, converted.DType));
        var folder = Path.GetDirectoryName(converted.ModelPath)!;
        Assert.Equal(
            ["head_scales.bin", "manifest.json", "model.onnx", "weights.bin"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var expected = Int8GraphEmitter.Emit(Spec, weights, "weights.bin", "head_scales.bin");
        Assert.Equal(expected.Model, ModelProto.Parser.ParseFrom(File.ReadAllBytes(converted.ModelPath)));
        foreach (var tensor in expected.Tensors)
        {
            var content = new byte[tensor.Data.Length];
            tensor.Data.Write(0, content, Cancellation);
            Assert.Equal(content, File.ReadAllBytes(Path.Combine(folder, tensor.File)).AsSpan((int)tensor.Offset, content.Length));
        }
    }

    [Fact]
    public void GetOrConvert_AnotherCache_WritesTheSameBytes()
    {
        var first = Convert(TinyModel.Weights(Spec, scatter: true));
        var second = Convert(TinyModel.Weights(Spec, scatter: true), cache: "other");

        Assert.NotEqual(first.ModelPath, second.ModelPath);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(first.ModelPath)!))
        {
            var twin = Path.Combine(Path.GetDirectoryName(second.ModelPath)!, Path.GetFileName(file));
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(twin));
        }
    }

    [Fact]
    public void GetOrConvert_SecondTime_ReadsNoWeights()
    {
        var first = Convert(TinyModel.Weights(Spec));
        var weights = TinyModel.Weights(Spec);

        Assert.Equal(first, Convert(weights));
        Assert.Equal(0, weights.ReadCount);
    }

    [Fact]
    public void GetOrConvert_OtherDType_IsAnotherModel()
    {
        var (int8, float32) = (Convert(TinyModel.Weights(Spec)), Convert(TinyModel.Weights(Spec), dtype: ModelDType.Float32));

        Assert.NotEqual(int8.ModelPath, float32.ModelPath);
        Assert.Equal((ModelDType.Int8, ModelDType.Float32), (int8.DType, float32.DType));
        Assert.Equal(("Int8", "Float32"), (ManifestDType(int8), ManifestDType(float32)));

        static string? ManifestDType(ConvertedModel model) => Manifest(model).GetProperty("dtype").GetString();
    }

    [Fact]
    public void GetOrConvert_ManifestOfAnotherDType_ConvertsAnew()
    {
        var path = Path.Combine(Path.GetDirectoryName(Convert(TinyModel.Weights(Spec)).ModelPath)!, "manifest.json");
        foreach (var dtype in (string[])["Float32", "Int4", "7"])
        {
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"dtype\": \"Int8\"", $"\"dtype\": \"{dtype}\"", StringComparison.Ordinal));
            var weights = TinyModel.Weights(Spec);

            Convert(weights);

            Assert.NotEqual(0, weights.ReadCount);
        }
    }

    [Fact]
    public void GetOrConvert_ModelThatInt8CannotExpress_NamesTheFieldAndWritesNothing()
    {
        var spec = Spec with { Mlp = new MlpSpec { IntermediateSize = 1 << 18 } };

        var exception = Assert.Throws<ModelFormatException>(() => Convert(TinyModel.Weights(spec), spec));

        Assert.Equal(
            "the model cannot run in int8: intermediate_size is 262144; int8 sums at most 131072 products (--dtype float32 can run it)",
            exception.Message);
        Assert.False(Directory.Exists(_folder["cache"]));
    }

    [Fact]
    public void GetOrConvert_CacheThatInt8CannotHold_NamesTheField()
    {
        var spec = Spec with { Attention = Spec.Attention with { HeadSize = 16 } };

        var exception = Assert.Throws<ModelFormatException>(() => Convert(TinyModel.Weights(spec), spec, kvCache: KvCacheDType.Int8));

        Assert.Equal(
            "the model cannot use a KV cache in int8: head_dim is 16; int8 needs a multiple of 32 up to 512 (--kv-cache-dtype float32 can)",
            exception.Message);
    }

    [Fact]
    public void GetOrConvert_EachPairOfDTypes_IsAModelOfItsOwn()
    {
        var pairs = (from dtype in Enum.GetValues<ModelDType>() from kvCache in Enum.GetValues<KvCacheDType>() select (dtype, kvCache)).ToArray();

        var models = pairs.Select(pair => Convert(TinyModel.Weights(Spec), dtype: pair.dtype, kvCache: pair.kvCache)).ToArray();

        Assert.Equal(pairs, models.Select(model => (model.DType, model.KvCacheDType)));
        Assert.Equal(pairs.Length, models.Select(model => model.ModelPath).Distinct().Count());
        Assert.Equal(
            ["Float32", "Int8", "Float32", "Int8"], models.Select(model => Manifest(model).GetProperty("kv_cache_dtype").GetString()));
    }

    [Theory]
    [InlineData(ModelDType.Float32, KvCacheDType.Float32)]
    [InlineData(ModelDType.Int8, KvCacheDType.Int8)]
    public void GetOrConvert_NoKvCacheDType_TakesWhatGoesWithTheDType(ModelDType dtype, KvCacheDType kvCache) =>
        Assert.Equal(kvCache, Convert(TinyModel.Weights(Spec), dtype: dtype).KvCacheDType);

    [Fact]
    public void GetOrConvert_ModelWithEverything_WritesTheGeneralForm()
    {
        var spec = TinyModel.SpecWithEverything;
        var weights = TinyModel.Weights(spec, scatter: true);

        var converted = Convert(weights, spec);

        var expected = Int8GraphEmitter.Emit(spec, weights, "weights.bin", "head_scales.bin", KvCacheDType.Float32);
        Assert.Equal((ModelDType.Int8, KvCacheDType.Float32), (converted.DType, converted.KvCacheDType));
        Assert.Equal(expected.Model, ModelProto.Parser.ParseFrom(File.ReadAllBytes(converted.ModelPath)));
        Assert.Equal(spec.VocabularySize, converted.ReadHeadScales().Length);
    }

    [Fact]
    public void GetOrConvert_UnknownDType_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Convert(TinyModel.Weights(Spec), dtype: (ModelDType)7));

    [Fact]
    public void GetOrConvert_CancelledMidway_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var weights = TinyModel.Weights(Spec);
        weights.OnRead = name =>
        {
            if (name == WeightNames.Gate(1))
            {
                cancellation.Cancel();
            }
        };

        Assert.Throws<OperationCanceledException>(() => Convert(weights, cancellation: cancellation.Token));

        Assert.Empty(Directory.GetDirectories(_folder["cache"]));
    }

    [Fact]
    public void GetOrConvert_Progress_ReachesTheEnd()
    {
        var progress = new RecordingProgress();

        Convert(TinyModel.Weights(Spec), progress: progress);

        var last = progress.All[^1];
        Assert.Equal((ConversionStage.Convert, last.Total), (last.Stage, last.Done));
        Assert.InRange(last.Total, 100_000, 1_000_000);
    }

    [Fact]
    public void ReadHeadScales_ConvertedModel_GivesThoseOfTheHead()
    {
        var weights = TinyModel.Weights(Spec, scatter: true);
        using var rotated = new RotatedWeights(Spec, weights);
        var head = new float[11 * 192];
        rotated.ReadRows(WeightNames.Head, 0, head);

        var scales = Convert(weights).ReadHeadScales();

        Assert.Equal(head.Chunk(192).Select(row => row.Max(MathF.Abs) / 127), scales);
    }

    [Fact]
    public void ReadHeadScales_FileGoneOrCut_NamesIt()
    {
        var model = Convert(TinyModel.Weights(Spec));
        var path = Path.Combine(Path.GetDirectoryName(model.ModelPath)!, "head_scales.bin");

        File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>([1, 2]));
        Assert.Equal($"'{path}' has 8 bytes; 44 are needed", Assert.Throws<ModelFormatException>(model.ReadHeadScales).Message);
        File.Delete(path);
        var exception = Assert.Throws<ModelFormatException>(model.ReadHeadScales);
        Assert.StartsWith($"cannot read '{path}': ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadHeadScales_Float32_IsRefused() => Assert.Throws<InvalidOperationException>(
        Convert(TinyModel.Weights(Spec), dtype: ModelDType.Float32).ReadHeadScales);

    [Theory]
    [InlineData("Float32")]
    [InlineData("Int4")]
    public void GetOrConvert_ManifestOfAnotherKvCacheDType_ConvertsAnew(string kvCache)
    {
        var path = Path.Combine(Path.GetDirectoryName(Convert(TinyModel.Weights(Spec)).ModelPath)!, "manifest.json");
        var manifest = File.ReadAllText(path);
        File.WriteAllText(path, manifest.Replace("\"kv_cache_dtype\": \"Int8\"", $"\"kv_cache_dtype\": \"{kvCache}\"", StringComparison.Ordinal));
        Assert.NotEqual(manifest, File.ReadAllText(path));
        var weights = TinyModel.Weights(Spec);

        Convert(weights);

        Assert.NotEqual(0, weights.ReadCount);
    }

    private static JsonElement Manifest(ConvertedModel model) => JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(model.ModelPath)!, "manifest.json"))).RootElement;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ConvertedModel Convert(
        FakeWeightSource weights,
        DecoderSpec? spec = null,
        string cache = "cache",
        ModelDType dtype = ModelDType.Int8,
        KvCacheDType? kvCache = null,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken? cancellation = null) =>
        new ConversionCache(_folder[cache]).GetOrConvert(
            new ConversionInput(spec ?? Spec, weights, [_source]),
            new ConversionOptions { DType = dtype, KvCacheDType = kvCache },
            progress,
            cancellation ?? Cancellation);
}

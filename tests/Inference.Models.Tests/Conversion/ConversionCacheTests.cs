using System.Runtime.InteropServices;
using Inference.Models.Conversion;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Onnx;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Conversion;

public sealed class ConversionCacheTests : IDisposable
{
    private static readonly ConversionOptions Options = new();

    private readonly TemporaryFolder _folder = new();
    private readonly string _cache;
    private readonly string _source;

    public ConversionCacheTests()
    {
        _cache = _folder["cache"];
        _source = _folder["model.gguf"];
        File.WriteAllBytes(_source, [1, 2, 3]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GetOrConvert_FirstTime_WritesGraphAndWeights()
    {
        var weights = TinyModel.Weights(TinyModel.SpecWithEverything);

        var converted = Convert(weights, TinyModel.SpecWithEverything);

        Assert.Equal(TinyModel.SpecWithEverything, converted.Spec);
        var expected = DecoderGraphEmitter.Emit(TinyModel.SpecWithEverything, weights, "weights.bin");
        Assert.Equal(expected.Model, ModelProto.Parser.ParseFrom(File.ReadAllBytes(converted.ModelPath)));
        var bytes = File.ReadAllBytes(WeightsPath(converted));
        Assert.Equal(expected.WeightsLength, bytes.Length);
        foreach (var tensor in expected.Model.Graph.Initializer)
        {
            var place = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
            var content = bytes.AsSpan(int.Parse(place["offset"]), int.Parse(place["length"]));
            Assert.Equal("weights.bin", place["location"]);
            Assert.Equal(tensor.Dims.Aggregate(4L, (product, size) => product * size), content.Length);
            Assert.Equal(
                TensorBytes.ReadAll(expected.Tensors.Single(planned => planned.Name == tensor.Name).Data),
                MemoryMarshal.Cast<byte, float>(content).ToArray());
        }
    }

    [Fact]
    public void GetOrConvert_SecondTime_ReadsNoWeights()
    {
        var first = Convert(TinyModel.Weights(TinyModel.Spec));
        var weights = TinyModel.Weights(TinyModel.Spec);

        var second = Convert(weights);

        Assert.Equal(first, second);
        Assert.Equal(0, weights.ReadCount);
    }

    [Fact]
    public void GetOrConvert_ModelOfManyPieces_WritesEveryRow()
    {
        // An embedding of 3 MB, not a multiple of a piece.
        var spec = TinyModel.Spec with { VocabularySize = 131_077, LayerCount = 1 };
        var weights = TinyModel.Weights(spec);

        var converted = Convert(weights, spec);

        var place = DecoderGraphEmitter.Emit(spec, weights, "weights.bin").Tensors.Single(tensor => tensor.Name == WeightNames.Embedding);
        var bytes = File.ReadAllBytes(WeightsPath(converted)).AsSpan((int)place.Offset, (int)place.Data.Length);
        Assert.Equal(0, place.Offset % 4096);
        Assert.True(MemoryMarshal.Cast<byte, float>(bytes).SequenceEqual(weights.Elements(WeightNames.Embedding)));
    }

    [Fact]
    public void GetOrConvert_OtherContentSpecOrOptions_ConvertsAnew()
    {
        var models = new HashSet<string> { Convert(TinyModel.Weights(TinyModel.Spec)).ModelPath };

        Assert.True(models.Add(Convert(TinyModel.Weights(TinyModel.Spec), TinyModel.Spec with { NormEpsilon = 1e-6f }).ModelPath));
        var cut = Convert(TinyModel.Weights(TinyModel.Spec), options: new ConversionOptions { MaxPositions = 3 });
        Assert.True(models.Add(cut.ModelPath));
        Assert.Equal(3, cut.Spec.MaxPositions);
        Assert.False(models.Add(Convert(TinyModel.Weights(TinyModel.Spec), options: new ConversionOptions { MaxPositions = 5 }).ModelPath));
        Assert.False(models.Add(Convert(TinyModel.Weights(TinyModel.Spec), options: new ConversionOptions { MaxPositions = 6 }).ModelPath));
        File.WriteAllBytes(_source, [1, 2, 4]);
        Assert.True(models.Add(Convert(TinyModel.Weights(TinyModel.Spec)).ModelPath));
    }

    [Fact]
    public void GetOrConvert_SourceFilesElsewhereInOtherOrder_IsTheSameModel()
    {
        var (moved, second) = (Directory.CreateDirectory(_folder["moved"]).FullName, _folder["config.json"]);
        File.WriteAllText(second, "{}");
        File.Copy(_source, Path.Combine(moved, "model.gguf"));
        File.Copy(second, Path.Combine(moved, "config.json"));
        var weights = TinyModel.Weights(TinyModel.Spec);

        var here = Cache().GetOrConvert(new(TinyModel.Spec, weights, [_source, second]), Options, null, Cancellation);
        var there = Cache().GetOrConvert(
            new(TinyModel.Spec, weights, [Path.Combine(moved, "config.json"), Path.Combine(moved, "model.gguf")]),
            Options,
            null,
            Cancellation);

        Assert.Equal(here, there);
    }

    [Theory]
    [InlineData("model.onnx", ModelDType.Float32)]
    [InlineData("weights.bin", ModelDType.Float32)]
    [InlineData("manifest.json", ModelDType.Float32)]
    [InlineData("model.onnx", ModelDType.Int8)]
    [InlineData("weights.bin", ModelDType.Int8)]
    [InlineData("head_scales.bin", ModelDType.Int8)]
    [InlineData("manifest.json", ModelDType.Int8)]
    public void GetOrConvert_DamagedFile_ConvertsAnew(string file, ModelDType dtype)
    {
        var options = new ConversionOptions { DType = dtype };
        var first = Convert(TinyModel.Weights(TinyModel.Int8Spec), TinyModel.Int8Spec, options);
        var path = Path.Combine(Path.GetDirectoryName(first.ModelPath)!, file);
        var whole = File.ReadAllBytes(path);
        var oneBit = whole.ToArray();
        oneBit[whole.Length / 2] ^= 4;
        Action[] damages =
        [
            () => File.WriteAllBytes(path, oneBit),
            () => File.WriteAllBytes(path, whole[..^1]),
            () => File.WriteAllBytes(path, [.. whole, 7]),
            () => File.WriteAllBytes(path, []),
            () => File.Delete(path),
        ];
        foreach (var damage in damages)
        {
            damage();
            var weights = TinyModel.Weights(TinyModel.Int8Spec);

            Convert(weights, TinyModel.Int8Spec, options);

            Assert.NotEqual(0, weights.ReadCount);
            Assert.Equal(whole, File.ReadAllBytes(path));
            Assert.Single(Directory.GetDirectories(_cache));
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string WeightsPath(ConvertedModel model) => Path.Combine(Path.GetDirectoryName(model.ModelPath)!, "weights.bin");

    private ConversionCache Cache() => new(_cache);

    private ConvertedModel Convert(FakeWeightSource weights, DecoderSpec? spec = null, ConversionOptions? options = null) =>
        Cache().GetOrConvert(new ConversionInput(spec ?? TinyModel.Spec, weights, [_source]), options ?? Options, null, Cancellation);
}

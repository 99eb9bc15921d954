using Inference.Models.Conversion;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Conversion;

/// <summary>Conversions that were interrupted go on where they were; packages are copies that need nothing else.</summary>
public sealed class ConversionResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _source;

    public ConversionResumeTests() => _source = _folder.Write("model.gguf", [1, 2, 3]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ModelDType.Float32)]
    [InlineData(ModelDType.Int8)]
    public void GetOrConvert_InterruptedAnywhere_GoesOnToTheSameBytes(ModelDType dtype)
    {
        var spec = dtype == ModelDType.Int8 ? TinyModel.Int8Spec : TinyModel.Spec;
        var (whole, wholeReads) = Convert(_folder["whole"], spec, dtype, stopAt: int.MaxValue);
        var reads = 0;
        var interruptions = 0;
        string? resumed = null;
        for (var round = 0; resumed is null; round++)
        {
            Assert.InRange(round, 0, 200);

            // Some chapters more each time.
            (resumed, var read) = Convert(_folder["resumed"], spec, dtype, stopAt: Math.Max(4, wholeReads / 5));
            reads += read;
            interruptions += resumed is null ? 1 : 0;
        }

        Assert.True(interruptions > 2, $"{interruptions} interruptions");
        Assert.Equal(Contents(whole!), Contents(resumed));
        Assert.InRange(reads, wholeReads, 3 * wholeReads);
        Assert.Empty(Directory.GetDirectories(_folder["resumed"], "*.partial"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1048576")]
    [InlineData("999 3")]
    [InlineData("1048576 -1")]
    [InlineData("1048576 99999999999999")]
    [InlineData("1048576 1000")]
    public void GetOrConvert_JournalOrWeightsThatMakeNoSense_StartsAnew(string journal)
    {
        var (whole, _) = Convert(_folder["whole"], TinyModel.Spec, ModelDType.Float32, stopAt: int.MaxValue);
        Convert(_folder["resumed"], TinyModel.Spec, ModelDType.Float32, stopAt: 6);
        var partial = Assert.Single(Directory.GetDirectories(_folder["resumed"], "*.partial"));
        File.WriteAllText(Path.Combine(partial, "journal"), journal);
        File.WriteAllBytes(Path.Combine(partial, "weights.bin"), [1]);

        var (resumed, _) = Convert(_folder["resumed"], TinyModel.Spec, ModelDType.Float32, stopAt: int.MaxValue);

        Assert.Equal(Contents(whole!), Contents(resumed!));
    }

    [Fact]
    public void Write_Package_OpensWithoutTheCache()
    {
        var (converted, _) = Convert(_folder["cache"], TinyModel.Spec, ModelDType.Float32, stopAt: int.MaxValue);
        var model = new ConvertedModel(converted!, TinyModel.Spec, ModelDType.Float32, KvCacheDType.Float32);
        var tokenizer = _folder.Write("tokenizer.json", "{}");

        ConvertedPackage.Write(model, _folder["package"], [tokenizer]);
        ConvertedPackage.Write(model, _folder["package"], [tokenizer]);
        Directory.Delete(_folder["cache"], recursive: true);

        Assert.True(ConvertedPackage.IsAt(_folder["package"]));
        var opened = ConvertedPackage.Open(_folder["package"], null, TestContext.Current.CancellationToken);
        Assert.Equal(model with { ModelPath = Path.Combine(_folder["package"], "model.onnx") }, opened);
        Assert.Equal("{}", File.ReadAllText(Path.Combine(_folder["package"], "tokenizer.json")));
    }

    [Fact]
    public void Open_DamagedPackage_IsOneClearLine()
    {
        var (converted, _) = Convert(_folder["cache"], TinyModel.Spec, ModelDType.Float32, stopAt: int.MaxValue);
        var model = new ConvertedModel(converted!, TinyModel.Spec, ModelDType.Float32, KvCacheDType.Float32);
        ConvertedPackage.Write(model, _folder["package"], []);
        var weights = Path.Combine(_folder["package"], "weights.bin");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        AssertRefused("the converted model is damaged or of another version");

        File.WriteAllText(Path.Combine(_folder["package"], "manifest.json"), "{}");
        AssertRefused("manifest.json: is no manifest of a converted model of this version");

        void AssertRefused(string expected)
        {
            var exception = Assert.Throws<ModelFormatException>(
                () => ConvertedPackage.Open(_folder["package"], null, TestContext.Current.CancellationToken));
            Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Write_FolderWithSomethingElse_IsRefusedAndKept()
    {
        var (converted, _) = Convert(_folder["cache"], TinyModel.Spec, ModelDType.Float32, stopAt: int.MaxValue);
        var model = new ConvertedModel(converted!, TinyModel.Spec, ModelDType.Float32, KvCacheDType.Float32);
        Directory.CreateDirectory(_folder["package"]);
        File.WriteAllText(Path.Combine(_folder["package"], "letter.txt"), "dear");

        var exception = Assert.Throws<ConversionException>(() => ConvertedPackage.Write(model, _folder["package"], []));

        Assert.Equal($"--output {_folder["package"]}: the folder holds something else", exception.Message);
        Assert.Equal("dear", File.ReadAllText(Path.Combine(_folder["package"], "letter.txt")));
    }

    /// <summary>Converts in chapters of a piece each, and is cancelled when so many tensors have been read.</summary>
    private (string? ModelPath, int Reads) Convert(string cache, DecoderSpec spec, ModelDType dtype, int stopAt)
    {
        using var cancellation = new CancellationTokenSource();
        var weights = TinyModel.Weights(spec, scatter: true);
        var reads = 0;
        weights.OnRead = _ =>
        {
            if (Interlocked.Increment(ref reads) == stopAt)
            {
                cancellation.Cancel();
            }
        };
        try
        {
            var model = new ConversionCache(cache) { ChapterLength = 1 }.GetOrConvert(
                new ConversionInput(spec, weights, [_source]), new ConversionOptions { DType = dtype }, null, cancellation.Token);
            return (model.ModelPath, weights.ReadCount);
        }
        catch (OperationCanceledException)
        {
            return (null, weights.ReadCount);
        }
    }

    private static Dictionary<string, string> Contents(string modelPath) => Directory.GetFiles(Path.GetDirectoryName(modelPath)!)
        .ToDictionary(file => Path.GetFileName(file), file => System.Convert.ToHexString(File.ReadAllBytes(file)));
}

using System.Collections.Concurrent;
using Inference.Models.Conversion;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Conversion;

/// <summary>Conversions that fail, are cancelled, meet another, or find what a crash left.</summary>
public sealed class ConversionCacheFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _cache;
    private readonly string _source;

    public ConversionCacheFailureTests()
    {
        _cache = _folder["cache"];
        _source = _folder["model.gguf"];
        File.WriteAllBytes(_source, [1, 2, 3]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GetOrConvert_MissingWeight_WritesNothing()
    {
        var weights = TinyModel.Weights(TinyModel.Spec);
        weights.Remove(WeightNames.Down(1));

        Assert.Throws<ModelFormatException>(() => Convert(weights));

        Assert.False(Directory.Exists(_cache));
    }

    [Fact]
    public void GetOrConvert_WrongSpec_WritesNothing()
    {
        var spec = TinyModel.Spec with { NormEpsilon = float.NaN };

        var exception = Assert.Throws<ModelFormatException>(() => Convert(TinyModel.Weights(spec), spec));

        Assert.Equal("the model's rms_norm_eps is NaN; it should be over 0 and below 1", exception.Message);
        Assert.False(Directory.Exists(_cache));
    }

    [Fact]
    public void GetOrConvert_MissingSourceFile_NamesIt()
    {
        File.Delete(_source);

        var exception = Assert.Throws<ModelFormatException>(() => Convert(TinyModel.Weights(TinyModel.Spec)));

        Assert.StartsWith($"cannot read '{_source}': ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetOrConvert_NoPositions_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConversionCache(_cache).GetOrConvert(
            new(TinyModel.Spec, TinyModel.Weights(TinyModel.Spec), [_source]),
            new ConversionOptions { MaxPositions = 0 },
            null,
            Cancellation));

    [Fact]
    public void GetOrConvert_FolderCannotBeMade_NamesItAndTheOption()
    {
        // A folder below a file cannot be made by anybody, not even root.
        var impossible = Path.Combine(_source, "cache");

        var exception = Assert.Throws<ConversionException>(() => Convert(TinyModel.Weights(TinyModel.Spec), cache: impossible));

        Assert.StartsWith($"cannot keep the converted model in '{impossible}': ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--cache-dir", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void GetOrConvert_DiskTooSmall_NamesFolderAndOptionAndLeavesNothing()
    {
        // 24 layers with projections of 2^24 x 2^24 floats are some 10^17 bytes: no disk has room for them.
        var spec = TinyModel.Spec with { LayerCount = 24, HiddenSize = 1 << 24, Mlp = new MlpSpec { IntermediateSize = 1 << 24 } };
        var weights = TinyModel.Weights(spec);

        var exception = Assert.Throws<ConversionException>(() => Convert(weights, spec));

        Assert.StartsWith($"cannot keep the converted model in '{_cache}': ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--cache-dir", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Equal(0, weights.ReadCount);
        Assert.Empty(Directory.GetDirectories(_cache));
    }

    [Fact]
    public void GetOrConvert_WeightCannotBeRead_ThrowsThatAndLeavesNothing()
    {
        var weights = TinyModel.Weights(TinyModel.Spec);
        weights.OnRead = name => throw new ModelFormatException($"{name} is damaged");

        var exception = Assert.Throws<ModelFormatException>(() => Convert(weights));

        Assert.EndsWith(" is damaged", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_cache));
    }

    [Fact]
    public void GetOrConvert_CancelledMidway_LeavesNothingAndTheNextSucceeds()
    {
        using var cancellation = new CancellationTokenSource();
        var weights = TinyModel.Weights(TinyModel.Spec);
        var partial = 0;
        weights.OnRead = name =>
        {
            if (name == WeightNames.Gate(1))
            {
                partial = Directory.GetDirectories(_cache).Length;
                cancellation.Cancel();
            }
        };

        Assert.Throws<OperationCanceledException>(() => Convert(weights, cancellation: cancellation.Token));

        Assert.Equal(1, partial);
        Assert.Empty(Directory.GetDirectories(_cache));
        Assert.True(File.Exists(Convert(TinyModel.Weights(TinyModel.Spec)).ModelPath));
    }

    [Fact]
    public void GetOrConvert_CancelledWhileAnEntryIsDamaged_KeepsTheEntryForRepair()
    {
        var model = Convert(TinyModel.Weights(TinyModel.Spec)).ModelPath;
        File.WriteAllBytes(model, [0]);
        using var cancellation = new CancellationTokenSource();
        var weights = TinyModel.Weights(TinyModel.Spec);
        weights.OnRead = _ => cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => Convert(weights, cancellation: cancellation.Token));

        Assert.Equal([Path.GetDirectoryName(model)!], Directory.GetDirectories(_cache));
        Convert(TinyModel.Weights(TinyModel.Spec));
        Assert.NotEqual(1, new FileInfo(model).Length);
    }

    [Fact]
    public void GetOrConvert_LeftoversOfCrashes_AreRemoved()
    {
        var folder = Path.GetDirectoryName(Convert(TinyModel.Weights(TinyModel.Spec)).ModelPath)!;
        Directory.Delete(folder, recursive: true);
        var living = Path.Combine(_cache, "living");
        var dead = Path.Combine(_cache, "dead");
        string[] leftovers = [folder + ".partial", folder + ".damaged", dead + ".partial", dead + ".damaged", living + ".partial"];
        foreach (var leftover in leftovers)
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(leftover).FullName, "weights.bin"), "half");
        }
        using var held = ConversionLock.TryAcquire(living + ".lock");

        Convert(TinyModel.Weights(TinyModel.Spec));

        Assert.Equal([folder, living + ".partial"], Directory.GetDirectories(_cache).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetOrConvert_TwoAtOnce_OneConvertsAndTheOtherWaitsForIt()
    {
        using var otherWaits = new ManualResetEventSlim();
        var sources = new ConcurrentBag<FakeWeightSource>();

        // Whoever holds the lock reads no weight before the other has said that it waits.
        var first = Task.Run(() => Convert(Source(), progress: new RecordingProgress { OnReport = SetIfWaiting }), Cancellation);
        var second = Task.Run(() => Convert(Source(), progress: new RecordingProgress { OnReport = SetIfWaiting }), Cancellation);

        var models = await Task.WhenAll(first, second).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(models[0], models[1]);
        Assert.True(otherWaits.IsSet);
        Assert.Single(sources, source => source.ReadCount > 0);
        Assert.Single(Directory.GetDirectories(_cache));

        void SetIfWaiting(ConversionProgress report)
        {
            if (report.Stage == ConversionStage.Wait)
            {
                otherWaits.Set();
            }
        }

        FakeWeightSource Source()
        {
            var source = TinyModel.Weights(TinyModel.Spec);
            source.OnRead = _ => otherWaits.Wait(Cancellation);
            sources.Add(source);
            return source;
        }
    }

    [Fact]
    public void GetOrConvert_CancelledWhileAnotherConverts_Stops()
    {
        var folder = Path.GetDirectoryName(Convert(TinyModel.Weights(TinyModel.Spec)).ModelPath)!;
        Directory.Delete(folder, recursive: true);
        using var held = ConversionLock.TryAcquire(folder + ".lock");
        using var cancellation = new CancellationTokenSource();
        var progress = new RecordingProgress { OnReport = CancelIfWaiting };

        Assert.Throws<OperationCanceledException>(
            () => Convert(TinyModel.Weights(TinyModel.Spec), progress: progress, cancellation: cancellation.Token));

        void CancelIfWaiting(ConversionProgress report)
        {
            if (report.Stage == ConversionStage.Wait)
            {
                cancellation.Cancel();
            }
        }
    }

    [Fact]
    public void GetOrConvert_Progress_CoversEachStageToItsEnd()
    {
        var (first, second) = (new RecordingProgress(), new RecordingProgress());
        Convert(TinyModel.Weights(TinyModel.Spec), progress: first);
        Convert(TinyModel.Weights(TinyModel.Spec), progress: second);

        Assert.Equal([ConversionStage.Identify, ConversionStage.Convert], first.All.Select(report => report.Stage).Distinct());
        Assert.Equal([ConversionStage.Identify, ConversionStage.Verify], second.All.Select(report => report.Stage).Distinct());
        foreach (var stage in first.All.Concat(second.All).GroupBy(report => report.Stage))
        {
            Assert.Equal(stage.Last().Total, stage.Last().Done);
        }
    }

    private ConvertedModel Convert(
        FakeWeightSource weights,
        DecoderSpec? spec = null,
        string? cache = null,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken? cancellation = null) =>
        new ConversionCache(cache ?? _cache).GetOrConvert(
            new ConversionInput(spec ?? TinyModel.Spec, weights, [_source]),
            new ConversionOptions(),
            progress,
            cancellation ?? Cancellation);
}

using System.Globalization;
using System.Numerics.Tensors;
using Inference.Engine.Execution;
using Inference.Models;
using Inference.Models.Conversion;

namespace Inference.Execution.Tests.Models;

/// <summary>Models of every shape, in every pair of precisions for computing and for the KV cache, against their own float32.</summary>
public sealed class PrecisionTests : IDisposable
{
    // Relative, of the logits of 150 tokens; 0.007 to 0.049 as measured. A wrong scale, rotation or bias makes it several times as much.
    private const double Tolerance = 0.07;

    private const int Blocks = 32;

    private static readonly DecoderSpec Plain = new()
    {
        ModelType = "llama",
        VocabularySize = 301,
        HiddenSize = 128,
        LayerCount = 2,
        MaxPositions = 512,
        Attention = new AttentionSpec { HeadCount = 4, KvHeadCount = 2, HeadSize = 32, Scale = 0.18f, Rotary = new RotarySpec { Theta = 10000f } },
        Mlp = new MlpSpec { IntermediateSize = 192 },
        NormEpsilon = 1e-5f,
        TieWordEmbeddings = false,
    };

    private static readonly Dictionary<string, DecoderSpec> Specs = new()
    {
        ["fused"] = Plain,
        ["biases of q, k and v"] = Plain with { Attention = Plain.Attention with { HasQkvBias = true } },
        ["all biases"] = Plain with
        {
            Attention = Plain.Attention with { HasQkvBias = true, HasOutputBias = true }, Mlp = Plain.Mlp with { HasBias = true },
        },
        ["odd sizes"] = Plain with
        {
            HiddenSize = 101,
            Attention = Plain.Attention with { HeadCount = 3, KvHeadCount = 1, HeadSize = 96 },
            Mlp = new MlpSpec { IntermediateSize = 203, HasBias = true },
            TieWordEmbeddings = true,
        },
        ["small heads"] = Plain with { Attention = Plain.Attention with { HeadSize = 16 } },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("precision").FullName;

    public static TheoryData<string, ModelDType, KvCacheDType> Reduced => new(
        from spec in Specs
        from dtype in Enum.GetValues<ModelDType>()
        from cache in Enum.GetValues<KvCacheDType>()
        where dtype == ModelDType.Int8 || cache == KvCacheDType.Int8
        where cache == KvCacheDType.Float32 || Int8Support.IsCacheSupported(spec.Value, out _)
        select new TheoryDataRow<string, ModelDType, KvCacheDType>(spec.Key, dtype, cache));

    public static TheoryData<string, KvCacheDType> InInt8 => new(
        Reduced.Where(row => row.Data.Item2 == ModelDType.Int8)
            .Select(row => new TheoryDataRow<string, KvCacheDType>(row.Data.Item1, row.Data.Item3)));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Reduced))]
    public async Task Execute_AnyPrecision_IsNearFloat32(string name, ModelDType dtype, KvCacheDType cache)
    {
        var ids = Tokens(1, 150);
        await using var exact = Open(name, ModelDType.Float32, KvCacheDType.Float32);
        await using var reduced = Open(name, dtype, cache);

        var expected = await RunInChunksAsync(exact, ids, 150);
        var actual = await RunInChunksAsync(reduced, ids, 150);

        var error = TensorPrimitives.Distance<float>(expected, actual) / TensorPrimitives.Norm<float>(expected);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"relative error {error:F4}"));
        Assert.InRange(error, 1e-6, Tolerance);
    }

    /// <summary>Alone and whole, in chunks, and among other sequences: all logits have the same bits.</summary>
    [Theory]
    [MemberData(nameof(InInt8))]
    public async Task Execute_InInt8_DoesNotDependOnTheCompany(string name, KvCacheDType cache)
    {
        await using var executor = Open(name, ModelDType.Int8, cache);
        int[][] sequences = [Tokens(2, 40), Tokens(3, 1), Tokens(4, 97)];
        var whole = new List<float[]>();
        foreach (var ids in sequences)
        {
            whole.Add(await RunInChunksAsync(executor, ids, ids.Length));
        }

        var chunked = await RunInChunksAsync(executor, sequences[2], 7);
        var together = await new StepDriver(executor).StepAsync([.. sequences.Select((ids, i) => ((long)i, ids, ids.Length))]);

        Assert.Equal(whole[2], chunked);
        Assert.Equal(whole.SelectMany(logits => logits), Logits(together));
    }

    /// <summary>Logits after each token of one sequence.</summary>
    private static async Task<float[]> RunInChunksAsync(OnnxModelExecutor executor, int[] ids, int length)
    {
        var driver = new StepDriver(executor);
        var logits = new List<float>();
        foreach (var chunk in ids.Chunk(length))
        {
            logits.AddRange(Logits(await driver.StepAsync((1, chunk, chunk.Length))));
        }

        return [.. logits];
    }

    private static float[] Logits(StepResult result) =>
        [.. Enumerable.Range(0, result.Rows).SelectMany(row => result.Row(row).ToArray())];

    private static int[] Tokens(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Plain.VocabularySize))];
    }

    private OnnxModelExecutor Open(string name, ModelDType dtype, KvCacheDType cache)
    {
        using var weights = new SyntheticWeights(Specs[name], seed: 17);
        var converted = new ConversionCache(_folder).GetOrConvert(
            new ConversionInput(Specs[name], weights, []),
            new ConversionOptions { DType = dtype, KvCacheDType = cache },
            progress: null,
            CancellationToken.None);
        return OnnxModelExecutor.Load(
            converted, new ExecutorOptions { Threads = 2, BlockCount = Blocks, MaxModelLength = Plain.MaxPositions });
    }
}

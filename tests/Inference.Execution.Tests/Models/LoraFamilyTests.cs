using Inference.Engine.Requests;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>Adapters on every projection of every family, of ranks 1 to 256, against the checkpoint that they make when merged.</summary>
public sealed class LoraFamilyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("inference-lora-").FullName;

    public static TheoryData<string> Models => [.. RepositoryFiles.ZooModels];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Execute_AdapterOnEveryProjection_GivesTheLogitsOfTheMergedCheckpoint(string name)
    {
        const int Seed = 21;
        var (adapterFolder, mergedFolder) = (Path.Combine(_folder, "adapter"), Path.Combine(_folder, name));
        LoraFiles.Write(RepositoryFiles.ZooModel(name), adapterFolder, mergedFolder, [8, 1, 256, 17, 64, 3], new Random(Seed));
        await using var merged = LoadedModel.Open(mergedFolder, blockCount: 16, cache: _folder);
        await using var model = new LoraModel(RepositoryFiles.ZooModel(name), blockCount: 16);
        var adapter = model.LoadFrom(adapterFolder);
        int[] prompt = [.. Enumerable.Range(0, 40).Select(i => 3 + (i * 7 % 500))];
        var expected = await new StepDriver(merged).StepAsync((1, prompt, 40));
        var driver = new StepDriver(model.Executor);
        await driver.StepAsync((1, prompt[..20], 0, adapter), (2, prompt[..20], 0, (Adapter?)null));
        var actual = await driver.StepAsync((1, prompt[20..], 20, adapter), (2, prompt[20..], 20, (Adapter?)null));
        var (largest, unadapted) = (0f, 0f);
        for (var row = 0; row < 20; row++)
        {
            var (wanted, given, other) = (expected.Row(20 + row).ToArray(), actual.Row(row).ToArray(), actual.Row(20 + row).ToArray());
            largest = Math.Max(largest, wanted.Zip(given).Max(pair => Math.Abs(pair.First - pair.Second)));
            unadapted = Math.Max(unadapted, wanted.Zip(other).Max(pair => Math.Abs(pair.First - pair.Second)));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: differs by {largest:0.0e+0}, the base by {unadapted:0.0}");
        Assert.True(largest < 2e-3f, $"{name}: {largest}");
        Assert.True(unadapted > 0.5f, $"the adapter changes hardly anything: {unadapted}");
    }
}

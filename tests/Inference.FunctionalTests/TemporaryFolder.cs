namespace Inference.FunctionalTests;

/// <summary>An empty folder that is removed with what is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("inference-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

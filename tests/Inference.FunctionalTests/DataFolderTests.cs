using System.Text;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>What a data folder that is not to be had does to the start of the real process.</summary>
public sealed class DataFolderTests
{
    private static readonly string[] Model =
        ["--model", RepositoryFiles.ZooLlama, "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "64MiB", "--port", "0"];

    [Theory]
    [InlineData("no database, and long enough to be looked at")]
    [InlineData("SQLite format 3\0 and then nonsense")]
    public async Task Start_DamagedDatabase_IsOneLineThatNamesTheOption(string content)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "inference.db"), content.PadRight(4096, 'x'), Encoding.ASCII, TestContext.Current.CancellationToken);
        using var server = ServerExecutable.Start([.. Model, "--data-dir", folder.Path]);

        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.StartsWith($"inference: --data-dir {folder.Path}: inference.db ", Assert.Single(server.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FolderThatIsAFile_IsOneLineThatNamesTheOption()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        using var server = ServerExecutable.Start([.. Model, "--data-dir", path]);

        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.StartsWith($"inference: --data-dir {path}: ", Assert.Single(server.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FolderOfAnotherServer_IsOneLineIfItWasNamedAndAWarningOtherwise()
    {
        using var folder = new TemporaryFolder();
        var named = Path.Combine(folder.Path, "inference");
        using var first = ServerExecutable.Start([.. Model, "--data-dir", named]);
        await first.ReadyAsync();

        using var second = ServerExecutable.Start([.. Model, "--data-dir", named]);
        using var third = ServerExecutable.Start(Model, [("XDG_DATA_HOME", folder.Path)]);
        await third.ReadyAsync();

        Assert.Equal(2, await second.ExitCodeAsync());
        Assert.Equal([$"inference: --data-dir {named}: another server uses it"], second.Errors);
        Assert.Contains(third.Errors, line => line.Contains("not kept over a restart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_NoHome_ServesAndSaysThatNothingIsKept()
    {
        using var server = ServerExecutable.Start(Model, [("XDG_DATA_HOME", ""), ("HOME", "")]);
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        using var content = new StringContent("""{"input": "hi", "max_output_tokens": 1}""", Encoding.UTF8, "application/json");

        using var response = await client.PostAsync("/v1/responses", content, TestContext.Current.CancellationToken);

        Assert.Contains(server.Errors, line => line.Contains("not kept over a restart", StringComparison.Ordinal));
        Assert.NotEqual(System.Net.HttpStatusCode.InternalServerError, response.StatusCode);
    }
}
